import { expect, test } from 'vitest'
import { readOpenAiUsage, readUsage } from './usage-metadata.ts'

const usage = (prompt: number) =>
  `"usageMetadata": {"promptTokenCount": ${prompt},"candidatesTokenCount": 2,"totalTokenCount": ${prompt + 2},"promptTokensDetails": [{"modality": "TEXT","tokenCount": ${prompt}}]}`

test('the last usage of a stream is read', () => {
  const stream = `data: {${usage(101)}}\r\n\r\ndata: {${usage(27)},"modelVersion": "x"}\r\n\r\n`
  expect(readUsage(Buffer.from(stream))).toMatchObject({
    prompt: 27,
    output: 2,
    total: 29,
    thoughts: 0,
  })
})

test('pretty-printed usage is read', () => {
  const body = JSON.stringify(
    { usageMetadata: { promptTokenCount: 5, thoughtsTokenCount: 9 } },
    undefined,
    2,
  )
  expect(readUsage(Buffer.from(body))).toMatchObject({ prompt: 5, thoughts: 9 })
})

test.each([
  '',
  '{}',
  `{${usage(5)}`.slice(0, 40),
  '"usageMetadata": nothing',
  '"usageMetadata": {bad}',
])('there is no usage in %j', (text) => {
  expect(readUsage(Buffer.from(text))).toBeUndefined()
})

test("thoughts in OpenAI's format are the difference between the total and the sum", () => {
  const usage = { prompt_tokens: 4, completion_tokens: 3, total_tokens: 17 }
  const events = [{ choices: [], usage }, { choices: [], usage: null }, { text: '"usage": {}' }]
  const text = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')
  expect(readOpenAiUsage(Buffer.from(text))).toEqual({
    prompt: 4,
    output: 3,
    thoughts: 10,
    cached: 0,
    toolUse: 0,
    total: 17,
  })
})

test.each(['', '"usage"', '"usage": null', '"usage": {"prompt_to'])(
  "there is no usage in OpenAI's format in %j",
  (text) => {
    expect(readOpenAiUsage(Buffer.from(text))).toBeUndefined()
  },
)
