import { isMisbehavingModel } from '../misbehaviour/behaviour.ts'
import { defaultModel, modelNamed } from '../models.ts'
import type { Model, ModelKind } from '../models.ts'
import type { Project } from '../projects/registry.ts'
import { notFound } from '../wire/google-error.ts'
import { ApiError } from './api-error.ts'

const servedBy: Readonly<Record<string, readonly ModelKind[]>> = {
  generateContent: ['text', 'image', 'tts'],
  countTokens: ['text', 'image', 'tts', 'embedding'],
  embedContent: ['embedding'],
}

export type ModelCall = { model: string; method: string; version: string; project: Project }

/** Throws Google's 404 if the model is unknown, does not support the method, or is closed to the project. */
export function findModel({ model: name, method, version, project }: ModelCall): Model {
  if (isMisbehavingModel(name)) return { ...defaultModel, id: name }
  const model = modelNamed(name)
  if (!model || !servedBy[method]?.includes(model.kind)) {
    throw new ApiError(
      notFound(
        `models/${name} is not found for API version ${version}, or is not supported for ${method}. Call ModelService.ListModels to see the list of available models and their supported methods.`,
      ),
    )
  }
  if (project.models && !project.models.has(name)) {
    throw new ApiError(
      notFound(
        `This model models/${name} is no longer available to new users. Please update your code to use a newer model for the latest features and improvements.`,
      ),
    )
  }
  return model
}
