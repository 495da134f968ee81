import { deriveModels, idOf, type Model } from '../../google/models/derived-models.ts'
import { badField, googleError, type GoogleAnswer } from './errors.ts'
import type { GeminiDeps, NativeRequest } from './native-deps.ts'
import { send } from './send.ts'

/** `GET models`: Google's list and what our suffixes make of it. */
export async function answerModelList(deps: GeminiDeps, request: NativeRequest): Promise<void> {
  const models = await modelsOf(deps, request)
  send(request.client, models === undefined ? noList : listAnswer(models, request.query))
}

/** `GET models/x`, derived models too. */
export async function answerModelGet(
  deps: GeminiDeps,
  request: NativeRequest,
  id: string,
): Promise<void> {
  const models = await modelsOf(deps, request)
  const model = models?.find(({ name }) => idOf(name) === id)
  if (models === undefined) send(request.client, noList)
  else send(request.client, model === undefined ? notFound(id, request.version) : ok(model))
}

async function modelsOf(deps: GeminiDeps, { caller }: NativeRequest): Promise<Model[] | undefined> {
  try {
    const models = await deps.catalogue.models()
    const usable = models.filter(({ name }) => caller.mayUse(idOf(name)))
    return deriveModels(usable, deps.settings())
  } catch (error) {
    deps.onError(error)
    return undefined
  }
}

const largestPage = 1000

/**
 * The list as Google answers it. Without `pageSize` it is whole, which clients of the Python program rely on; with it, pages of at most 1 000 are
 * given out, and `nextPageToken` is where the next one starts.
 */
export function listAnswer(
  models: readonly Model[],
  query: URLSearchParams | undefined,
): GoogleAnswer {
  const size = query?.get('pageSize') ?? undefined
  const token = query?.get('pageToken') ?? undefined
  if (size !== undefined && !/^\d+$/.test(size))
    return badField('page_size', 'must be a whole number.')
  const start = token === undefined ? 0 : readToken(token)
  if (start === undefined || start > models.length) {
    return badField('page_token', 'is not one that this gateway gave out.')
  }
  const count =
    size === undefined || Number(size) === 0 ? Infinity : Math.min(Number(size), largestPage)
  const page = models.slice(start, start + count)
  const end = start + page.length
  return ok({ models: page, ...(end < models.length ? { nextPageToken: writeToken(end) } : {}) })
}

const writeToken = (start: number) => Buffer.from(`from:${start}`).toString('base64url')

function readToken(token: string): number | undefined {
  const [, start] = /^from:(\d+)$/.exec(Buffer.from(token, 'base64url').toString('utf8')) ?? []
  return start === undefined ? undefined : Number(start)
}

const ok = (value: object): GoogleAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/json; charset=UTF-8' },
  body: JSON.stringify(value, undefined, 2),
})

const notFound = (id: string, version: string) =>
  googleError({
    code: 404,
    status: 'NOT_FOUND',
    message: `models/${id} is not found for API version ${version}, or is not supported for generateContent. Call ModelService.ListModels to see the list of available models and their supported methods.`,
  })

const noList = googleError({
  code: 503,
  status: 'UNAVAILABLE',
  message: 'Google gave no list of models to any key of this gateway. Its log says why.',
})
