import { embeddingOf } from '../answer/embedding.ts'
import { fileProblem } from '../files/references.ts'
import type { Call } from '../http/call.ts'
import { sendJson } from '../http/send.ts'
import { invalidArgument } from '../wire/google-error.ts'
import type { GoogleError } from '../wire/google-error.ts'
import type { EmbedContentRequest } from '../wire/request.ts'
import { contentTokens, tokensDetails, total } from '../wire/tokens.ts'
import { findModel } from './find-model.ts'
import type { CallTarget } from './generate.ts'
import { batchEmbedContentsBody, embedContentBody, readBody } from './read-body.ts'
import { throwIfError } from './api-error.ts'
import { takeQuota } from './take-quota.ts'

const maxDimensions = 3072
const maxBatchSize = 100

export function embedContent(call: Call, callTarget: CallTarget): void {
  const request = readBody(call, embedContentBody)
  const { embeddings, usageMetadata } = embedAll(call, callTarget, [request])
  sendJson(call, { embedding: embeddings[0], ...usageMetadata })
}

export function batchEmbedContents(call: Call, callTarget: CallTarget): void {
  const { requests = [] } = readBody(call, batchEmbedContentsBody)
  if (call.context.options.strict) throwIfError(batchProblem(requests, callTarget.model))
  const { embeddings, usageMetadata } = embedAll(call, callTarget, requests)
  sendJson(call, { embeddings, ...usageMetadata })
}

/** Validates the requests, uses quota, and returns one vector per request. */
export function embedAll(
  call: Call,
  callTarget: CallTarget,
  requests: readonly EmbedContentRequest[],
) {
  const { version } = call.route
  const model = findModel({ ...callTarget, method: 'embedContent', version })
  if (call.context.options.strict) {
    for (const request of requests) throwIfError(requestProblem(request))
    const contents = requests.map(({ content }) => content)
    throwIfError(fileProblem(call, callTarget.project, contents))
  }
  const counts = contentTokens(requests.map(({ content }) => content))
  const tokens = total(counts)
  takeQuota(call.context, { family: 'embed', project: callTarget.project, model, tokens })
  const usage = { promptTokenCount: tokens, promptTokenDetails: tokensDetails(counts) }
  return {
    embeddings: requests.map((request) => ({ values: vectorFor(request) })),
    // Only the newer model reports usage.
    usageMetadata: model.id === 'gemini-embedding-2' ? { usageMetadata: usage } : {},
  }
}

/** All parts together give one vector. */
function vectorFor({ content, outputDimensionality }: EmbedContentRequest): number[] {
  const text = (content?.parts ?? []).map((part) => part.text ?? JSON.stringify(part)).join('\n')
  return embeddingOf(text, outputDimensionality ?? maxDimensions)
}

function batchProblem(
  requests: readonly EmbedContentRequest[],
  model: string,
): GoogleError | undefined {
  if (requests.length === 0) {
    return invalidArgument('* BatchEmbedContentsRequest.requests: requests is not specified\n')
  }
  if (requests.length > maxBatchSize) {
    return invalidArgument(
      `* BatchEmbedContentsRequest.requests: at most ${maxBatchSize} requests can be in one batch\n`,
    )
  }
  const mismatch = requests.findIndex((request) => request.model !== `models/${model}`)
  if (mismatch < 0) return undefined
  return invalidArgument(
    `* BatchEmbedContentsRequest.requests[${mismatch}].model: model must match the model in the batch request: models/${model}\n`,
  )
}

function requestProblem({ content, outputDimensionality = 1 }: EmbedContentRequest) {
  if (!content?.parts || content.parts.length === 0) {
    return invalidArgument('* EmbedContentRequest.content: contents is not specified\n')
  }
  if (outputDimensionality >= 1 && outputDimensionality <= maxDimensions) return undefined
  return invalidArgument(
    `* EmbedContentRequest.output_dimensionality: output_dimensionality must be in the range [1, ${maxDimensions}]\n`,
  )
}
