import type { Model } from '../models.ts'
import { invalidArgument } from '../wire/google-error.ts'
import type { GoogleError } from '../wire/google-error.ts'
import type { GenerateContentRequest } from '../wire/request.ts'
import { checkContents } from './check-contents.ts'
import { checkGenerationConfig } from './check-generation-config.ts'
import { checkSignatures } from './check-signatures.ts'
import { checkTools } from './check-tools.ts'
import { checkReferences, checkTurns } from './check-turns.ts'

export type Checked = { model: Model; tokens: number }

/** Validation beyond the schema, in the order in which Google reports problems. */
export function checkRequest(
  request: GenerateContentRequest,
  { model, tokens }: Checked,
): GoogleError | undefined {
  const { contents = [], generationConfig } = request
  return (
    checkContents(contents, 'GenerateContentRequest') ??
    checkSpokenOnly(request, model) ??
    (generationConfig && checkGenerationConfig(generationConfig, model)) ??
    checkTools(request, model) ??
    checkTurns(contents, model) ??
    checkReferences(contents, model) ??
    checkSignatures(contents, model) ??
    checkSize(model, tokens)
  )
}

function checkSpokenOnly(request: GenerateContentRequest, model: Model) {
  if (model.kind !== 'tts') return undefined
  if (request.systemInstruction) {
    return invalidArgument('Developer instruction is not enabled for this model')
  }
  return request.tools && request.tools.length > 0
    ? invalidArgument('Function calling is not enabled for this model')
    : undefined
}

function checkSize(model: Model, tokens: number): GoogleError | undefined {
  const limit = model.inputTokenLimit
  if (tokens <= limit) return undefined
  return invalidArgument(
    `The input token count exceeds the maximum number of tokens allowed (${limit}).`,
  )
}
