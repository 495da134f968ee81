import { describe, expect, test } from 'vitest'
import { ask, flash, say, startForTest, textOf } from '../testing/ask.ts'

async function answer(generationConfig: object) {
  const fake = await startForTest()
  const body = { ...say('one two three four five six'), generationConfig }
  return (await ask(fake, { path: `${flash}:generateContent`, body })).json
}

describe('an answer', () => {
  test('ends where its tokens end, thoughts included', async () => {
    const json = await answer({ maxOutputTokens: 6 })
    expect(json.candidates?.[0]?.finishReason).toBe('MAX_TOKENS')
    expect(json.usageMetadata).toMatchObject({ thoughtsTokenCount: 3, candidatesTokenCount: 3 })
  })

  test('ends before the first stop sequence', async () => {
    const json = await answer({ stopSequences: ['four', 'three'] })
    expect(json.candidates?.[0]?.finishReason).toBe('STOP')
    expect(textOf(json)).toBe('You said: one two ')
  })

  test('adds up its usage', async () => {
    const { usageMetadata = {} } = await answer({})
    const { promptTokenCount, candidatesTokenCount, thoughtsTokenCount } = usageMetadata
    const sum = Number(promptTokenCount) + Number(candidatesTokenCount) + Number(thoughtsTokenCount)
    expect(usageMetadata['totalTokenCount']).toBe(sum)
  })
})
