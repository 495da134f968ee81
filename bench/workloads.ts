import type { RequestSet } from './load.ts'

export type Workload = {
  readonly name: string
  readonly what: string
  readonly requestSet: RequestSet
  /** Requests of one round. */
  readonly count: number
}

const headers = { 'content-type': 'application/json', 'x-goog-api-key': 'bench-token' }
const conversations = 64
const bodyBytes = 2048
const models = '/v1beta/models/gemini-3.8-flash'

/** The answer that fake-gemini sends. */
export type Answer = { readonly marker: string; readonly streams: boolean }

type Write = (text: string) => string

const nativeRequest: Write = (text) =>
  JSON.stringify({
    contents: [{ role: 'user', parts: [{ text }] }],
    generationConfig: { temperature: 0.7, maxOutputTokens: 8192 },
  })

const chatRequest =
  (stream: boolean): Write =>
  (text) =>
    JSON.stringify({
      model: 'gemini-3.8-flash',
      messages: [
        { role: 'system', content: 'You are a helpful assistant.' },
        { role: 'user', content: text },
      ],
      temperature: 0.7,
      max_tokens: 8192,
      ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
    })

/** A request of exactly 2 KB with a marker for fake-gemini. Each index is a different conversation. */
function body(write: Write, index: number, marker: string): string {
  const opening = `Conversation ${index}. [[fake:${marker}]] `
  const room = bodyBytes - write(opening).length
  return write(opening + 'All work and no play. '.repeat(bodyBytes).slice(0, room))
}

function bodies(marker: string, write = nativeRequest): string[] {
  return Array.from({ length: conversations }, (_, index) => body(write, index, marker))
}

export const nativeRequests = ({ marker, streams }: Answer): RequestSet => ({
  path: `${models}:${streams ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
  headers,
  bodies: bodies(marker),
})

export const chatRequests = ({ marker, streams }: Answer): RequestSet => ({
  path: '/v1/chat/completions',
  headers,
  bodies: bodies(marker, chatRequest(streams)),
})

export const workloads: readonly Workload[] = [
  {
    name: 'json',
    what: 'generateContent, 2 KB in, 2 KB out',
    requestSet: nativeRequests({ marker: 'bytes-350', streams: false }),
    count: 8000,
  },
  {
    name: 'stream',
    what: 'streamGenerateContent, 2 KB in, 20 events out',
    // fake-gemini adds a last event.
    requestSet: nativeRequests({ marker: 'long-stream-19', streams: true }),
    count: 4000,
  },
]
