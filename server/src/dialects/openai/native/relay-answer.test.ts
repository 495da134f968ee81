import { describe, expect, test } from 'vitest'
import { freshRelay, relayChunk, relayCompletion } from './relay-answer.ts'

const chunk = (delta: object, finish_reason: string | null = null) => ({
  id: 'x',
  choices: [{ index: 0, delta, finish_reason }],
})

describe("an answer of Google's own endpoint", () => {
  test('gets its thoughts as reasoning_content, with everything else unchanged', () => {
    const first = chunk({
      role: 'assistant',
      content: '<thought>I should',
      extra_content: { google: { thought: true } },
    })
    const [state, relayed] = relayChunk(freshRelay, first)
    expect(relayed).toEqual(
      chunk({
        role: 'assistant',
        content: '',
        reasoning_content: 'I should',
        extra_content: { google: { thought: true } },
      }),
    )
    const [, second] = relayChunk(state, chunk({ content: '</thought>The answer' }, 'stop'))
    expect(second).toEqual(chunk({ content: 'The answer' }, 'stop'))
  })

  test('without thoughts is unchanged', () => {
    const plain = chunk({ content: 'hi', strange: 1 })
    expect(relayChunk(freshRelay, plain)[1]).toEqual(plain)
    expect(relayChunk(freshRelay, { strange: true })[1]).toEqual({ strange: true })
  })

  test('that is not a stream gets its thoughts as reasoning_content too', () => {
    const choices = [{ index: 0, message: { role: 'assistant', content: '<thought>a</thought>b' } }]
    expect(relayCompletion({ choices, usage: 1 })).toEqual({
      choices: [{ index: 0, message: { role: 'assistant', content: 'b', reasoning_content: 'a' } }],
      usage: 1,
    })
  })
})
