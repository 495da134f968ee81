import type OpenAI from 'openai'
import { ChatCompletionStream } from 'openai/lib/ChatCompletionStream'
import { describe, expect, test } from 'vitest'
import type { ChatEvent } from './answer/chat-events.ts'
import { completionOf } from './answer/chat-response.ts'
import { typeErrorsOf } from '../testing/published-types.ts'
import { chunksOf, envelope, eventsOf, sentChunks } from '../testing/render.ts'
import { readRecording } from '../../../runtime/testing/recordings.ts'

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

const completionsOf = () =>
  recorded.map((one) => {
    const completion = completionOf(envelope, render(one))
    if (!isCompletion(completion)) throw new Error(`${one.id} became an error.`)
    return completion
  })

const chunksFor = (one: Recorded, withUsage: boolean): object[] =>
  sentChunks(render(one), withUsage)

function isCompletion(value: object): value is OpenAI.ChatCompletion {
  return 'choices' in value
}

/** The parts of an answer that must be equal. */
const summaryOf = ({ choices, usage }: OpenAI.ChatCompletion) => ({
  usage,
  choices: choices.map(({ index, finish_reason, message }) => ({
    index,
    finish_reason,
    content: message.content ?? '',
    calls: (message.tool_calls ?? []).map((call) =>
      call.type === 'function' ? [call.id, call.function.name, call.function.arguments] : [],
    ),
  })),
})

describe.skipIf(exchanges === undefined)('recorded answers of Google', () => {
  test('match the types that OpenAI publishes, whole and as streams', () => {
    expect(recorded.length).toBeGreaterThan(100)
    const chunks = recorded.flatMap((one) => [...chunksFor(one, true), ...chunksFor(one, false)])
    expect(typeErrorsOf({ completions: completionsOf(), chunks })).toBe('')
  })

  test('that do not match these types are detected', () => {
    const wrong = { id: 'x', object: 'chat.completion', created: 1, model: 'm', choices: [{}] }
    expect(typeErrorsOf({ completions: [wrong], chunks: [] })).toContain('finish_reason')
    const more = { ...wrong, choices: [], surplus: 1 }
    expect(typeErrorsOf({ completions: [more], chunks: [] })).toContain('surplus')
  })

  test('end with tool_calls only when they have calls, with valid arguments', () => {
    for (const { choices } of completionsOf()) {
      for (const { message, finish_reason } of choices) {
        expect(finish_reason === 'tool_calls').toBe((message.tool_calls ?? []).length > 0)
        for (const call of message.tool_calls ?? []) {
          if (call.type !== 'function') throw new Error('A call of another type.')
          expect(typeof JSON.parse(call.function.arguments)).toBe('object')
        }
      }
    }
  })

  test('are equal to the whole answer when the official client joins their chunks', async () => {
    for (const one of recorded) {
      const lines = chunksFor(one, true).map((chunk) => `${JSON.stringify(chunk)}\n`)
      const stream = ChatCompletionStream.fromReadableStream(new Blob([lines.join('')]).stream())
      const whole = completionOf(envelope, render(one))
      if (!isCompletion(whole)) throw new Error(`${one.id} became an error.`)
      expect(summaryOf(await stream.finalChatCompletion()), one.id).toEqual(summaryOf(whole))
    }
  })

  test('are equal as a stream and as a whole', () => {
    for (const { id, body } of streams) {
      const whole = completionOf(envelope, eventsOf([mergeChunks(chunksOf([Buffer.from(body)]))]))
      const streamed = completionOf(envelope, eventsOf(chunksOf([Buffer.from(body)])))
      expect(streamed, id).toEqual(whole)
    }
  })

  test('that are whole are equal when they are split by part', () => {
    const wholes = recorded.filter(({ isStream }) => !isStream)
    expect(wholes.length).toBeGreaterThan(90)
    for (const { id, body } of wholes) {
      expect(completionOf(envelope, eventsOf(partByPart(body))), id).toEqual(
        completionOf(envelope, eventsOf([body])),
      )
    }
  })

  test('are equal for each split, and equal or an error for each cut', () => {
    for (const stream of shortest(6)) {
      const bytes = Buffer.from(stream.body)
      const chunks = chunksOf([bytes])
      const expected = eventsOf(chunks)
      const expectedText = contentOf(expected)
      for (let at = 0; at <= bytes.length; at += 1) {
        const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)]
        expect(chunksOf([head, tail])).toEqual(chunks)
        const cut = eventsOf(chunksOf([head]))
        if (cut.some(({ kind }) => kind === 'error')) {
          expect(expectedText.startsWith(contentOf(cut))).toBe(true)
          expect(cut.some(({ kind }) => kind === 'finish')).toBe(false)
        } else expect(cut).toEqual(expected)
      }
    }
  })
})

/** The shortest streams, with one whose text is not ASCII. */
function shortest(count: number): Recorded[] {
  const byLength = streams.toSorted((a, b) => a.body.length - b.body.length)
  const wide = byLength.find(({ body }) => Buffer.byteLength(body) > body.length)
  return [...byLength.slice(0, count), ...(wide ? [wide] : [])]
}

const contentOf = (events: readonly ChatEvent[]): string =>
  events.map((event) => (event.kind === 'delta' ? (event.delta.content ?? '') : '')).join('')

/** Joins the chunks of a stream into one answer. */
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

/** Splits a whole answer into a stream with one part of each candidate per chunk. */
function partByPart(body: string): string[] {
  const { candidates = [], usageMetadata, ...top } = Object(JSON.parse(body))
  const partsOf = (candidate: object): unknown[] => Object(Object(candidate).content).parts ?? []
  const longest = Math.max(1, ...candidates.map((one: object) => partsOf(one).length))
  return Array.from({ length: longest }, (_, at) => {
    const isLast = at === longest - 1
    const summaryOf = candidates.map((candidate: object) => {
      const { finishReason, groundingMetadata, logprobsResult, index } = Object(candidate)
      const last = isLast ? { finishReason, groundingMetadata, logprobsResult } : {}
      return { index, content: { parts: partsOf(candidate).slice(at, at + 1) }, ...last }
    })
    return JSON.stringify({ ...top, candidates: summaryOf, ...(isLast ? { usageMetadata } : {}) })
  })
}
