import { z } from 'zod'
import type { Asked } from '../gateway/ask.ts'
import type { UpstreamCall } from '../google/upstream-call.ts'
import type { FilesAnswer, KeyId, ProjectFiles } from '../keys/types.ts'

type Deps = {
  /** Undefined when the key is gone. */
  readonly ask: (key: KeyId, call: UpstreamCall) => Promise<Asked | undefined>
  readonly version: () => string
}

const pageSize = 100
/** A project with more files than these pages show stays alone. */
const mostPages = 30

const listing = z.object({
  files: z.array(z.object({ displayName: z.string().optional() })).optional(),
  nextPageToken: z.string().optional(),
})
const uploaded = z.object({ file: z.object({ name: z.string().regex(/^files\/[\w-]+$/) }) })

/** Files of the projects of keys, in Google's Files API. The names of other files are read and dropped. */
export function createProjectFiles({ ask, version }: Deps): ProjectFiles {
  async function call<T>(
    key: KeyId,
    request: UpstreamCall,
    read: z.ZodType<T>,
  ): Promise<FilesAnswer<T>> {
    const asked = await ask(key, request)
    if (asked === undefined) return failed('The key is gone.', true)
    const { outcome, body } = asked
    if (outcome.status >= 300 || body === undefined) {
      return failed(outcome.message ?? outcome.verdict, isFinal(outcome.status))
    }
    const value = read.safeParse(parse(body))
    return value.success
      ? { ok: true, value: value.data }
      : failed('Google answered something else than files.', true)
  }

  return {
    async find(key, names) {
      let pageToken = ''
      for (let page = 0; page < mostPages; page += 1) {
        const answer = await call(key, listCall(version(), pageToken), listing)
        if (!answer.ok) return answer
        const { files = [], nextPageToken = '' } = answer.value
        const found = files.flatMap(({ displayName = '' }) => displayName)
        const value = found.filter((name) => names.has(name))
        if (value.length > 0 || nextPageToken === '') return { ok: true, value }
        pageToken = nextPageToken
      }
      return failed('The project has too many files.', true)
    },
    async put(key, name) {
      const answer = await call(key, uploadCall(version(), name), uploaded)
      return answer.ok ? { ok: true, value: answer.value.file.name } : answer
    },
    async remove(key, file) {
      const answer = await call(key, deleteCall(version(), file), z.unknown())
      return answer.ok || answer.isFinal ? { ok: true, value: undefined } : answer
    },
  }
}

const failed = (because: string, final: boolean) =>
  ({ ok: false, isFinal: final, because }) as const

/** Google refused; 429 and its own failures pass. */
const isFinal = (status: number) =>
  status >= 300 && status < 500 && status !== 429 && status !== 408

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}

const common = {
  body: [],
  headers: {},
  framing: 'unary',
  generates: false,
  usesResource: true,
} as const satisfies Partial<UpstreamCall>

function listCall(version: string, pageToken: string): UpstreamCall {
  const page = pageToken === '' ? '' : `&pageToken=${encodeURIComponent(pageToken)}`
  return { method: 'GET', path: `/${version}/files?pageSize=${pageSize}${page}`, ...common }
}

function deleteCall(version: string, file: string): UpstreamCall {
  return { method: 'DELETE', path: `/${version}/${file}`, ...common }
}

const boundary = 'gemini-balance-file'

function uploadCall(version: string, displayName: string): UpstreamCall {
  const text = [
    `--${boundary}`,
    'content-type: application/json',
    '',
    JSON.stringify({ file: { displayName } }),
    `--${boundary}`,
    'content-type: text/plain',
    '',
    'This file shows which keys share a project. It is deleted soon.',
    `--${boundary}--`,
    '',
  ].join('\r\n')
  return {
    ...common,
    method: 'POST',
    path: `/upload/${version}/files?uploadType=multipart`,
    headers: {
      'content-type': `multipart/related; boundary=${boundary}`,
      'x-goog-upload-protocol': 'multipart',
    },
    body: [Buffer.from(text)],
  }
}
