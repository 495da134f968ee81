import type { FakeGemini } from '../fake-gemini.ts'
import type { FileResource } from '../files/store/file.ts'
import { answerJson, key, sendRequest } from './send-request.ts'
import type { Answer } from './send-request.ts'

export const other = 'AQ.other-key'
export const foreign = 'AQ.foreign-key'

/** Two keys in one project, one in another. */
export const projects = [
  { id: 'p', keys: [key, other] },
  { id: 'q', keys: [foreign] },
]

const auth = (apiKey: string) => ({ 'x-goog-api-key': apiKey })

export const get = (fake: FakeGemini, path: string, apiKey = key): Promise<Answer> =>
  sendRequest(fake, { method: 'GET', path, headers: auth(apiKey) })

export const remove = (fake: FakeGemini, name: string, apiKey = key): Promise<Answer> =>
  sendRequest(fake, { method: 'DELETE', path: `/v1beta/${name}`, headers: auth(apiKey), body: '' })

export const create = (fake: FakeGemini, file: object = {}, apiKey = key): Promise<Answer> =>
  sendRequest(fake, { path: '/v1beta/files', headers: auth(apiKey), body: { file } })

type Page = { files?: FileResource[]; nextPageToken?: string }

/** The names of one page, and the token of the next. */
export async function page(fake: FakeGemini, query = '', apiKey = key) {
  const { status, text } = await get(fake, `/v1beta/files${query}`, apiKey)
  const { files = [], nextPageToken }: Page = JSON.parse(text)
  return { status, text, files, names: files.map(({ name }) => name), next: nextPageToken }
}

/** Reads pages until there is no token, or `limit` pages. */
export async function allNames(
  fake: FakeGemini,
  { size = 3, apiKey = key, limit = 20 } = {},
): Promise<string[][]> {
  const pages: string[][] = []
  let token: string | undefined = ''
  while (token !== undefined && pages.length < limit) {
    const read: { names: string[]; next: string | undefined } = await page(
      fake,
      `?pageSize=${size}&pageToken=${token}`,
      apiKey,
    )
    pages.push(read.names)
    token = read.next
  }
  return pages
}

type Metadata = { file?: object; size?: number; type?: string; apiKey?: string }

export async function startUpload(
  fake: FakeGemini,
  { file = {}, size, type = 'text/plain', apiKey = key }: Metadata = {},
) {
  const response = await fetch(`${fake.url}/upload/v1beta/files`, {
    method: 'POST',
    headers: {
      ...auth(apiKey),
      'content-type': 'application/json',
      'x-goog-upload-protocol': 'resumable',
      'x-goog-upload-command': 'start',
      'x-goog-upload-header-content-type': type,
      ...(size === undefined ? {} : { 'x-goog-upload-header-content-length': String(size) }),
    },
    body: JSON.stringify({ file }),
  })
  const text = await response.text()
  const { status, headers } = response
  return {
    status,
    headers,
    text,
    json: answerJson(text),
    url: headers.get('x-goog-upload-url') ?? '',
  }
}

type Chunk = { command: string; offset?: number; bytes?: Uint8Array | string; apiKey?: string }

export async function sendCommand(url: string, { command, offset, bytes, apiKey }: Chunk) {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'x-goog-upload-command': command,
      ...(offset === undefined ? {} : { 'x-goog-upload-offset': String(offset) }),
      ...(apiKey === undefined ? {} : auth(apiKey)),
    },
    ...(bytes === undefined ? {} : { body: bytes }),
  })
  const text = await response.text()
  const { status, headers } = response
  return {
    status,
    text,
    json: answerJson(text),
    state: headers.get('x-goog-upload-status'),
    received: headers.get('x-goog-upload-size-received'),
  }
}

type Multipart = { metadata?: string; bytes?: string; type?: string; boundary?: string }

export function multipartBody({
  metadata = '{"file":{"displayName":"a"}}',
  bytes = 'hello',
  type = 'text/plain',
  boundary = 'b',
}: Multipart = {}): string {
  const first = `--${boundary}\r\nContent-Type: application/json\r\n\r\n${metadata}\r\n`
  return `${first}--${boundary}\r\nContent-Type: ${type}\r\n\r\n${bytes}\r\n--${boundary}--\r\n`
}

export const uploadMultipart = (
  fake: FakeGemini,
  { body = multipartBody(), boundary = 'b', apiKey = key } = {},
): Promise<Answer> =>
  sendRequest(fake, {
    path: '/upload/v1beta/files?uploadType=multipart',
    headers: { ...auth(apiKey), 'content-type': `multipart/related; boundary=${boundary}` },
    body,
  })

/** The file in the answer to an upload or a create. */
export function fileIn({ text }: Pick<Answer, 'text'>): FileResource {
  const { file }: { file?: FileResource } = JSON.parse(text)
  if (!file) throw new Error(`No file in ${text}.`)
  return file
}

/** The answer for a file that the project does not have. */
export const denied = (id: string) => ({
  status: 403,
  json: {
    error: {
      code: 403,
      message: `You do not have permission to access the File ${id} or it may not exist.`,
      status: 'PERMISSION_DENIED',
    },
  },
})
