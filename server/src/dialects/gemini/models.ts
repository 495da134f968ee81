import { idOf } from '../../google/models/model-id.ts'
import { deriveModels, type Model } from '../../google/models/derived-models.ts'
import { sendAnswer, type HttpAnswer } from '../../http/client-connection.ts'
import { ClientError } from '../client-error.ts'
import type { ClientRequest } from '../dialect.ts'
import { failure, FailureError } from '../failures.ts'
import type { DialectServices } from '../services.ts'
import { usableModels } from '../usable-models.ts'

/** `GET models`: Google's list with the variants of the gateway's suffixes. */
export async function listModels(services: DialectServices, request: ClientRequest): Promise<void> {
  const models = await modelsOf(services, request)
  sendAnswer(request.client, jsonAnswer(pageOf(models, request.query)))
}

/** `GET models/x`, including variants. */
export async function getModel(
  services: DialectServices,
  request: ClientRequest,
  { id, version }: { readonly id: string; readonly version: string },
): Promise<void> {
  const models = await modelsOf(services, request)
  const model = models.find(({ name }) => idOf(name) === id)
  if (model === undefined) throw new FailureError(notFound(id, version))
  sendAnswer(request.client, jsonAnswer(model))
}

async function modelsOf(services: DialectServices, request: ClientRequest): Promise<Model[]> {
  const models = await usableModels(services, request)
  return deriveModels(models, services.settings())
}

const maxPageSize = 1000

export type ModelPage = { readonly models: readonly Model[]; readonly nextPageToken?: string }

/** One page of the list. Without `pageSize` it is the whole list, which clients of the Python program expect. Throws ClientError. */
export function pageOf(models: readonly Model[], query: URLSearchParams | undefined): ModelPage {
  const size = query?.get('pageSize') ?? undefined
  const token = query?.get('pageToken') ?? undefined
  if (size !== undefined && !/^\d+$/.test(size)) {
    throw new ClientError('page_size must be a whole number.', { param: 'page_size' })
  }
  const start = token === undefined ? 0 : readToken(token)
  if (start === undefined || start > models.length) {
    throw new ClientError('page_token must be the nextPageToken of the previous page.', {
      param: 'page_token',
    })
  }
  const count =
    size === undefined || Number(size) === 0 ? Infinity : Math.min(Number(size), maxPageSize)
  const page = models.slice(start, start + count)
  const end = start + page.length
  return { models: page, ...(end < models.length ? { nextPageToken: writeToken(end) } : {}) }
}

const writeToken = (start: number) => Buffer.from(`from:${start}`).toString('base64url')

function readToken(token: string): number | undefined {
  const [, start] = /^from:(\d+)$/.exec(Buffer.from(token, 'base64url').toString('utf8')) ?? []
  return start === undefined ? undefined : Number(start)
}

const jsonAnswer = (value: object): HttpAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/json; charset=UTF-8' },
  body: JSON.stringify(value, undefined, 2),
})

/** Google's own text, which Gemini clients look for. */
const notFound = (id: string, version: string) =>
  failure(
    'model_not_found',
    `models/${id} is not found for API version ${version}, or is not supported for generateContent. Call ModelService.ListModels to see the list of available models and their supported methods.`,
  )
