import type OpenAI from 'openai'
import { describe, expect, test } from 'vitest'
import type { ChatEvent } from './chat-events.ts'
import { completionOf } from './chat-response.ts'
import { chunksOf, envelope, eventsOf } from './testing/render.ts'
import { readRecording } from '../../testing/recordings.ts'

type Recorded = { readonly id: string; readonly body: string; readonly isStream: boolean }

const exchanges = readRecording('gemini-exchanges.jsonl')
const recorded: Recorded[] = (exchanges ?? []).flatMap(({ id, path, status, response }) => {
  if (status !== 200 || !/enerateContent/.test(String(path))) return []
  const { json, text } = Object(response)
  const isStream = typeof text === 'string'
  return [{ id: String(id), body: isStream ? text : JSON.stringify(json), isStream }]
})
const streams = recorded.filter(({ isStream }) => isStream)

const render = ({ body, isStream }: Recorded) =>
  eventsOf(isStream ? chunksOf([Buffer.from(body)]) : [body])

/** What a client of the official SDK may rely on; the types are its own. */
function check(completion: OpenAI.ChatCompletion): void {
  expect(completion.object).toBe('chat.completion')
  for (const { message, finish_reason } of completion.choices) {
    expect(message.role).toBe('assistant')
    expect(['stop', 'length', 'tool_calls', 'content_filter']).toContain(finish_reason)
    expect(finish_reason === 'tool_calls').toBe((message.tool_calls ?? []).length > 0)
    for (const call of message.tool_calls ?? []) {
      if (call.type !== 'function') throw new Error('A call of another type.')
      expect(typeof JSON.parse(call.function.arguments)).toBe('object')
    }
  }
}

function isCompletion(value: object): value is OpenAI.ChatCompletion {
  return 'choices' in value
}

describe.skipIf(exchanges === undefined)('recorded answers of Google', () => {
  test('become answers of the kind that the official client expects', () => {
    expect(recorded.length).toBeGreaterThan(100)
    for (const one of recorded) {
      const completion = completionOf(envelope, render(one))
      if (!isCompletion(completion)) throw new Error(`${one.id} became an error.`)
      check(completion)
    }
  })

  test('say as a stream what they say as a whole', () => {
    for (const { id, body } of streams) {
      const whole = completionOf(envelope, eventsOf([mergeChunks(chunksOf([Buffer.from(body)]))]))
      const streamed = completionOf(envelope, eventsOf(chunksOf([Buffer.from(body)])))
      expect(streamed, id).toEqual(whole)
    }
  })

  test('split anywhere are the same answer, and cut anywhere the same or an honest error', () => {
    for (const stream of shortest(6)) {
      const bytes = Buffer.from(stream.body)
      const expected = eventsOf(chunksOf([bytes]))
      const expectedText = contentOf(expected)
      for (let at = 0; at <= bytes.length; at += 1) {
        const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)]
        const split = chunksOf([head, tail])
        if (at % 7 === 0) expect(eventsOf(split)).toEqual(expected)
        const cut = eventsOf(chunksOf([head]))
        if (cut.some(({ kind }) => kind === 'error')) {
          expect(expectedText.startsWith(contentOf(cut))).toBe(true)
          expect(cut.some(({ kind }) => kind === 'finish')).toBe(false)
        } else expect(cut).toEqual(expected)
      }
    }
  })
})

/** Short streams are enough to be cut everywhere; among them one with text that is not ASCII. */
function shortest(count: number): Recorded[] {
  const byLength = streams.toSorted((a, b) => a.body.length - b.body.length)
  const wide = byLength.find(({ body }) => Buffer.byteLength(body) > body.length)
  return [...byLength.slice(0, count), ...(wide ? [wide] : [])]
}

const contentOf = (events: readonly ChatEvent[]): string =>
  events.map((event) => (event.kind === 'delta' ? (event.delta.content ?? '') : '')).join('')

/** A stream's chunks as the one answer they are. */
function mergeChunks(chunks: readonly string[]): string {
  const answers = chunks.map((chunk) => Object(JSON.parse(chunk)))
  const candidates = answers.flatMap(({ candidates = [] }) => candidates)
  const parts = candidates.flatMap(({ content }) => Object(content).parts ?? [])
  const last = Object.assign({}, ...candidates)
  return JSON.stringify({
    ...Object.assign({}, ...answers),
    candidates: [{ ...last, content: { parts } }],
  })
}
