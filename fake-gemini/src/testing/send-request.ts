import { onTestFinished } from 'vitest'
import { startFakeGemini } from '../fake-gemini.ts'
import type { FakeGemini } from '../fake-gemini.ts'
import type { FakeOptions } from '../options.ts'

export const key = 'AQ.test-key'

/** Starts a server and closes it when the test finishes. */
export async function startForTest(options: FakeOptions = {}): Promise<FakeGemini> {
  const fake = await startFakeGemini({ projects: [{ id: 'p', keys: [key] }], ...options })
  onTestFinished(() => fake.close())
  return fake
}

export type Answer = { status: number; headers: Headers; text: string; json: AnswerJson }

/** The fields of answers that tests read. */
export type AnswerJson = {
  error?: {
    code: number
    message: string
    status: string
    details?: { '@type': string; [name: string]: unknown }[]
  }
  candidates?: {
    content: { role?: string; parts?: AnswerPart[] }
    finishReason?: string
    index: number
    groundingMetadata?: object
    continuationToken?: string
  }[]
  promptFeedback?: { blockReason: string }
  usageMetadata?: Record<string, unknown>
  modelVersion?: string
  responseId?: string
  [name: string]: unknown
}
export type AnswerPart = {
  text?: string
  thought?: boolean
  thoughtSignature?: string
  inlineData?: { mimeType: string; data: string }
  functionCall?: { id?: string; name: string; args: Record<string, unknown> }
  executableCode?: object
  codeExecutionResult?: object
}

export function answerJson(text: string): AnswerJson {
  try {
    const value: AnswerJson = JSON.parse(text)
    return value
  } catch {
    return {}
  }
}

export type TestRequest = {
  path?: string
  body?: unknown
  headers?: Record<string, string>
  method?: string
}

export const flash = '/v1beta/models/gemini-3.8-flash'
export const hello = { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] }
export const userMessage = (text: string) => ({ contents: [{ role: 'user', parts: [{ text }] }] })

export async function sendRequest(fake: FakeGemini, request: TestRequest = {}): Promise<Answer> {
  const { path = `${flash}:generateContent`, body = hello, method = 'POST' } = request
  const response = await fetch(fake.url + path, {
    method,
    headers: request.headers ?? { 'x-goog-api-key': key },
    ...(method === 'GET' ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, json: answerJson(text) }
}

export const stream = `${flash}:streamGenerateContent?alt=sse`

/** Parses the events of a whole stream. */
export function eventsOf(text: string): AnswerJson[] {
  return text
    .split('\r\n\r\n')
    .filter((event) => event.startsWith('data: '))
    .map((event) => answerJson(event.slice('data: '.length)))
}

export const textOf = ({ candidates }: AnswerJson): string =>
  (candidates?.[0]?.content.parts ?? [])
    .filter((part) => part.thought !== true)
    .map((part) => part.text ?? '')
    .join('')
