import { isObject, listOf } from '../../runtime/json-value.ts'
import type { UpstreamCall } from '../upstream-call.ts'
import type { Model } from './derived-models.ts'

type Page = { readonly status: number; readonly body: Buffer }

/** Stops a list whose pages never end. */
const maxPages = 20

/** Fetches all pages of Google's list of models; `getPage` gets the query. */
export async function fetchModels(
  getPage: (query: string) => Promise<Page>,
): Promise<readonly Model[]> {
  const models: Model[] = []
  let token = ''
  for (let page = 0; page < maxPages; page += 1) {
    const next = token === '' ? '' : `&pageToken=${encodeURIComponent(token)}`
    const { status, body } = await getPage(`?pageSize=1000${next}`)
    if (status !== 200) throw new Error(`Google answered its list of models with ${status}.`)
    const read = readPage(body)
    models.push(...read.models)
    token = read.nextPageToken
    if (token === '') break
  }
  return models
}

/** The gateway's own `GET models`. */
export const listModelsCall = (version: string, query: string): UpstreamCall => ({
  method: 'GET',
  path: `/${version}/models${query}`,
  headers: { accept: 'application/json' },
  body: [],
  framing: 'unary',
  generates: false,
  usesResource: false,
})

function readPage(body: Buffer): { models: Model[]; nextPageToken: string } {
  const page: unknown = JSON.parse(body.toString('utf8'))
  if (!isObject(page)) throw new Error("Google's list of models is not an object.")
  const { models, nextPageToken } = page
  return {
    models: listOf(models).filter(isModel),
    nextPageToken: typeof nextPageToken === 'string' ? nextPageToken : '',
  }
}

const isModel = (value: unknown): value is Model =>
  isObject(value) && typeof value['name'] === 'string'
