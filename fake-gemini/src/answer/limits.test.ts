import { describe, expect, test } from 'vitest'
import { sendRequest, flash, userMessage, startForTest, textOf } from '../testing/send-request.ts'

async function answer(generationConfig: object) {
  const fake = await startForTest()
  const body = { ...userMessage('one two three four five six'), generationConfig }
  return (await sendRequest(fake, { path: `${flash}:generateContent`, body })).json
}

describe('an answer', () => {
  test('ends at the token limit, thoughts included', async () => {
    const json = await answer({ maxOutputTokens: 6 })
    expect(json.candidates?.[0]?.finishReason).toBe('MAX_TOKENS')
    expect(json.usageMetadata).toMatchObject({ thoughtsTokenCount: 3, candidatesTokenCount: 3 })
  })

  test('ends before the first stop sequence', async () => {
    const json = await answer({ stopSequences: ['four', 'three'] })
    expect(json.candidates?.[0]?.finishReason).toBe('STOP')
    expect(textOf(json)).toBe('You said: one two ')
  })

  test('has a total usage that is the sum of its parts', async () => {
    const { usageMetadata = {} } = await answer({})
    const { promptTokenCount, candidatesTokenCount, thoughtsTokenCount } = usageMetadata
    const sum = Number(promptTokenCount) + Number(candidatesTokenCount) + Number(thoughtsTokenCount)
    expect(usageMetadata['totalTokenCount']).toBe(sum)
  })
})
