import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { checkContents } from '../checks/check-contents.ts'
import { checkRequest } from '../checks/check-request.ts'
import { modelNamed } from '../models.ts'
import { checkShape } from '../schema/check-shape.ts'
import {
  batchEmbedContentsRequest,
  countTokensRequest,
  generateContentRequest,
} from '../schema/request-schema.ts'
import type { GoogleError } from '../wire/google-error.ts'
import type { CountTokensRequest, GenerateContentRequest } from '../wire/request.ts'

type Exchange = { id: string; path: string; request: object; status: number }

// Recorded traffic is not part of the repository.
const file = fileURLToPath(
  new URL('../../../../shared/recorded/gemini-exchanges.jsonl', import.meta.url),
)
const exchanges: Exchange[] = existsSync(file)
  ? readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line): Exchange => JSON.parse(line))
  : []

/** Replaces retired models with a current one of the same generation. */
function substituteFor(model: string) {
  const newest = modelNamed(model)
  if (newest) return newest
  const substitute = model.startsWith('gemini-3') ? 'gemini-3.1-pro-preview' : 'gemini-2.5-flash'
  return modelNamed(substitute)
}

/** Only Google can check its signatures, so they are replaced by the dummy that always passes. */
function withoutForeignSignatures(request: GenerateContentRequest): GenerateContentRequest {
  for (const { parts = [] } of request.contents ?? []) {
    for (const part of parts) {
      if (part.thoughtSignature !== undefined) {
        part.thoughtSignature = 'skip_thought_signature_validator'
      }
    }
  }
  return request
}

function checkExchange({ path, request }: Exchange): GoogleError | undefined {
  const [, modelId = '', action = ''] = /models\/([^:]+):(\w+)/.exec(path) ?? []
  const body = structuredClone(request)
  if (action === 'batchEmbedContents') return checkShape(batchEmbedContentsRequest, body)
  if (action === 'countTokens') {
    const { contents = [] }: CountTokensRequest = body
    return checkShape(countTokensRequest, body) ?? checkContents(contents, 'CountTokensRequest')
  }
  const model = substituteFor(modelId)
  if (!model) throw new Error(`No substitute for ${modelId}.`)
  const shape = checkShape(generateContentRequest, body)
  return shape ?? checkRequest(withoutForeignSignatures(body), { model, tokens: 1 })
}

const served = /:(generateContent|streamGenerateContent|countTokens|batchEmbedContents)(\?|$)/
const accepted = exchanges.filter(({ path, status }) => status === 200 && served.test(path))

describe.skipIf(accepted.length === 0)(
  'recorded traffic (skipped where ../shared/recorded is absent)',
  () => {
    test.each(accepted.map((exchange) => [exchange.id, exchange] as const))(
      'a request that Google accepted is accepted: %s',
      (_, exchange) => {
        expect(checkExchange(exchange)).toBeUndefined()
      },
    )
  },
)
