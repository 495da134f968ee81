import type { Shot } from './load.ts'

export type Workload = {
  readonly name: string
  readonly what: string
  readonly shot: Shot
  /** Requests of one round, many at a time. */
  readonly count: number
}

const headers = { 'content-type': 'application/json', 'x-goog-api-key': 'bench-token' }
const conversations = 64
const bodyBytes = 2048
const models = '/v1beta/models/gemini-3.8-flash'

function request(text: string): string {
  return JSON.stringify({
    contents: [{ role: 'user', parts: [{ text }] }],
    generationConfig: { temperature: 0.7, maxOutputTokens: 8192 },
  })
}

/** A request of exactly 2 KB that asks the fake for a certain answer; each is a conversation of its own. */
function body(index: number, marker: string): string {
  const opening = `Conversation ${index}. [[fake:${marker}]] `
  const room = bodyBytes - request(opening).length
  return request(opening + 'All work and no play. '.repeat(bodyBytes).slice(0, room))
}

function bodies(marker: string): string[] {
  return Array.from({ length: conversations }, (_, index) => body(index, marker))
}

export const workloads: readonly Workload[] = [
  {
    name: 'json',
    what: 'generateContent, 2 KB in, 2 KB out',
    shot: { path: `${models}:generateContent`, headers, bodies: bodies('bytes-350') },
    count: 8000,
  },
  {
    name: 'stream',
    what: 'streamGenerateContent, 2 KB in, 20 events out',
    shot: {
      path: `${models}:streamGenerateContent?alt=sse`,
      headers,
      // The fake adds a last event of its own.
      bodies: bodies('long-stream-19'),
    },
    count: 4000,
  },
]
