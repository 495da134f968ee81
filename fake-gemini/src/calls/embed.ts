import { embeddingOf } from '../answer/embedding.ts'
import type { Call } from '../http/call.ts'
import { sendJson } from '../http/send.ts'
import { invalidArgument } from '../wire/google-error.ts'
import type { GoogleError } from '../wire/google-error.ts'
import type { EmbedContentRequest } from '../wire/request.ts'
import { contentTokens, tokensDetails, total } from '../wire/tokens.ts'
import { findModel } from './find-model.ts'
import type { Addressed } from './generate.ts'
import { batchEmbedContentsBody, embedContentBody, readBody } from './read-body.ts'
import { refuseIf } from './refusal.ts'
import { takeQuota } from './take-quota.ts'

const fullDimensions = 3072
const mostInBatch = 100

export function embedContent(call: Call, addressed: Addressed): void {
  const request = readBody(call, embedContentBody)
  const { embeddings, usageMetadata } = embedAll(call, addressed, [request])
  sendJson(call, { embedding: embeddings[0], ...usageMetadata })
}

export function batchEmbedContents(call: Call, addressed: Addressed): void {
  const { requests = [] } = readBody(call, batchEmbedContentsBody)
  if (call.world.options.strict) refuseIf(batchProblem(requests, addressed.model))
  const { embeddings, usageMetadata } = embedAll(call, addressed, requests)
  sendJson(call, { embeddings, ...usageMetadata })
}

/** One vector for each request, after all that Google checks. */
export function embedAll(
  call: Call,
  addressed: Addressed,
  requests: readonly EmbedContentRequest[],
) {
  const { version } = call.route
  const model = findModel({ ...addressed, method: 'embedContent', version })
  if (call.world.options.strict) {
    for (const request of requests) refuseIf(requestProblem(request))
  }
  const counts = contentTokens(requests.map(({ content }) => content))
  const tokens = total(counts)
  takeQuota(call.world, { family: 'embed', project: addressed.project, model, tokens })
  const usage = { promptTokenCount: tokens, promptTokenDetails: tokensDetails(counts) }
  return {
    embeddings: requests.map((request) => ({ values: vectorFor(request) })),
    // Only the newer model reports what it read.
    usageMetadata: model.id === 'gemini-embedding-2' ? { usageMetadata: usage } : {},
  }
}

/** Several parts make one vector. */
function vectorFor({ content, outputDimensionality }: EmbedContentRequest): number[] {
  const text = (content?.parts ?? []).map((part) => part.text ?? JSON.stringify(part)).join('\n')
  return embeddingOf(text, outputDimensionality ?? fullDimensions)
}

function batchProblem(
  requests: readonly EmbedContentRequest[],
  model: string,
): GoogleError | undefined {
  if (requests.length === 0) {
    return invalidArgument('* BatchEmbedContentsRequest.requests: requests is not specified\n')
  }
  if (requests.length > mostInBatch) {
    return invalidArgument(
      `* BatchEmbedContentsRequest.requests: at most ${mostInBatch} requests can be in one batch\n`,
    )
  }
  const odd = requests.findIndex((request) => request.model !== `models/${model}`)
  if (odd < 0) return undefined
  return invalidArgument(
    `* BatchEmbedContentsRequest.requests[${odd}].model: model must match the model in the batch request: models/${model}\n`,
  )
}

function requestProblem({ content, outputDimensionality = 1 }: EmbedContentRequest) {
  if (!content?.parts || content.parts.length === 0) {
    return invalidArgument('* EmbedContentRequest.content: contents is not specified\n')
  }
  if (outputDimensionality >= 1 && outputDimensionality <= fullDimensions) return undefined
  return invalidArgument(
    `* EmbedContentRequest.output_dimensionality: output_dimensionality must be in the range [1, ${fullDimensions}]\n`,
  )
}
