import { toChunks, toResponse } from '../answer/respond.ts'
import { embedAll } from '../calls/embed.ts'
import { findModel } from '../calls/find-model.ts'
import { planCall } from '../calls/generate.ts'
import { ApiError } from '../calls/api-error.ts'
import type { Call } from '../http/call.ts'
import type { Target } from '../http/route.ts'
import { sendChunks, sendWhole } from '../http/send-chunks.ts'
import { sendJson } from '../http/send.ts'
import { models } from '../models.ts'
import type { Model } from '../models.ts'
import type { Project } from '../projects/registry.ts'
import { invalidArgument } from '../wire/google-error.ts'
import { readRequest } from './read-request.ts'
import { chatBody, embeddingsBody, imagesBody } from './request.ts'
import { toCompletion, toCompletionChunks } from './to-completion.ts'
import { toGenerate } from './to-generate.ts'

/** Serves `/v1beta/openai` with the same projects, quotas and answers. */
export function answerOpenAi(
  call: Call,
  target: Extract<Target, { kind: 'openai' }>,
  project: Project,
): Promise<void> | void {
  call.record.action = target.endpoint
  switch (target.endpoint) {
    case 'chat/completions':
      return chat(call, project)
    case 'embeddings':
      return embeddings(call, project)
    case 'images/generations':
      return images(call, project)
    case 'models':
      return target.model === undefined
        ? listModels(call, project)
        : getModel(call, { project, model: target.model })
  }
}

const seconds = (call: Call): number => Math.floor(call.context.clock.now() / 1000)

async function chat(call: Call, project: Project): Promise<void> {
  const { request, model } = readRequest(call, chatBody)
  const planned = await planCall(call, { model, project }, toGenerate(request, model))
  if (planned === undefined) return
  const { plan, answerContext, delivery } = planned
  const created = seconds(call)
  if (request.stream !== true) {
    return sendWhole(call, toCompletion(toResponse(plan, answerContext), created), delivery)
  }
  const chunks = toChunks(plan, answerContext, delivery.pieces)
  const includeUsage = request.stream_options?.include_usage === true
  return sendChunks(call, toCompletionChunks(chunks, { created, includeUsage }), delivery)
}

function embeddings(call: Call, project: Project): void {
  const { request, model } = readRequest(call, embeddingsBody)
  const { input = [], dimensions } = request
  const texts = typeof input === 'string' ? [input] : input
  if (texts.length === 0) throw new ApiError(invalidArgument('input is not specified'))
  const size = dimensions === undefined ? {} : { outputDimensionality: dimensions }
  const requests = texts.map((text) => ({ content: { parts: [{ text }] }, ...size }))
  const { embeddings: vectors } = embedAll(call, { model, project }, requests)
  sendJson(call, {
    object: 'list',
    data: vectors.map(({ values }, index) => ({
      object: 'embedding',
      index,
      embedding: request.encoding_format === 'base64' ? toBase64(values) : values,
    })),
    model,
  })
}

const toBase64 = (values: readonly number[]): string =>
  Buffer.from(Float32Array.from(values).buffer).toString('base64')

async function images(call: Call, project: Project): Promise<void> {
  const { request, model } = readRequest(call, imagesBody)
  const { prompt = '', n = 1 } = request
  const planned = await planCall(
    call,
    { model, project },
    {
      contents: [{ role: 'user', parts: [{ text: prompt }] }],
      generationConfig: { responseModalities: ['IMAGE'] },
    },
  )
  if (planned === undefined) return
  const pictures = planned.plan.parts.flatMap(({ inlineData }) => inlineData?.data ?? [])
  const data = Array.from({ length: n }, () => pictures.map((picture) => ({ b64_json: picture })))
  return sendWhole(call, { created: seconds(call), data: data.flat() }, planned.delivery)
}

function listModels(call: Call, project: Project): void {
  const shown = models.filter(({ id }) => project.models?.has(id) ?? true)
  sendJson(call, { object: 'list', data: shown.map(describe) })
}

function getModel(call: Call, callTarget: { model: string; project: Project }): void {
  const { version } = call.route
  sendJson(call, describe(findModel({ ...callTarget, method: 'countTokens', version })))
}

const describe = ({ id, displayName }: Model): object => ({
  id: `models/${id}`,
  object: 'model',
  owned_by: 'google',
  display_name: displayName,
})
