import { describe, expect, test } from 'vitest'
import { chatRequest } from './chat-request.ts'
import { ClientError } from '../../../client-error.ts'
import { readRequest } from '../../../translate/read-request.ts'

const hello = { model: 'gemini-3.8-flash', messages: [{ role: 'user', content: 'hi' }] }
const read = (body: unknown) => readRequest(chatRequest, Buffer.from(JSON.stringify(body)))

function errorOf(body: unknown): ClientError {
  try {
    read(body)
  } catch (error) {
    if (error instanceof ClientError) return error
    throw error
  }
  throw new Error('The request was accepted.')
}

describe('a chat request', () => {
  test('may have unknown fields', () => {
    expect(read({ ...hello, flavour: 'vanilla' })).toMatchObject({ flavour: 'vanilla' })
  })

  test('may have null in each optional field', () => {
    const nothing = { temperature: null, tools: null, tool_choice: null, stop: null, n: null }
    expect(() => read({ ...hello, ...nothing })).not.toThrow()
  })

  test('may have a function without parameters and a format without a schema', () => {
    const tools = [{ type: 'function', function: { name: 'f' } }]
    const response_format = { type: 'json_schema', json_schema: { name: 'x' } }
    expect(() => read({ ...hello, tools, response_format })).not.toThrow()
  })

  test.each([
    [{ messages: hello.messages }, 'model'],
    [{ ...hello, messages: [] }, 'messages'],
    [{ ...hello, messages: [{ role: 'robot', content: 'x' }] }, 'messages[0].role'],
    [
      { ...hello, messages: [{ role: 'user', content: [{ type: 'smell' }] }] },
      'messages[0].content[0].type',
    ],
    [
      { ...hello, messages: [{ role: 'user', content: [{ type: 'text', text: 4 }] }] },
      'messages[0].content[0].text',
    ],
    [
      { ...hello, messages: [{ role: 'assistant', tool_calls: [{ id: 'a', function: {} }] }] },
      'messages[0].tool_calls[0].function.name',
    ],
    [{ ...hello, temperature: 3 }, 'temperature'],
    [{ ...hello, n: 0 }, 'n'],
    [{ ...hello, tool_choice: { type: 'function' } }, 'tool_choice.function'],
    [{ ...hello, response_format: { type: 'poem' } }, 'response_format.type'],
    [
      { ...hello, tools: [{ type: 'function', function: { description: 'x' } }] },
      'tools[0].function.name',
    ],
  ])('that is invalid is refused with the field: %j', (body, param) => {
    expect(errorOf(body).param).toBe(param)
  })

  test('that is not JSON is refused', () => {
    expect(() => readRequest(chatRequest, Buffer.from('{'))).toThrow(ClientError)
  })
})

describe('a tool without a type', () => {
  const f = { name: 'f', parameters: { type: 'object' } }

  test.each([[{ function: f }], [{ type: null, function: f }], [f]])(
    'is a function: %j',
    (tool) => {
      const tools = [{ type: 'function', function: f }]
      expect(read({ ...hello, tools: [tool] })).toMatchObject({ tools })
    },
  )

  test('stays what it is when it is no function', () => {
    expect(read({ ...hello, tools: [{ googleSearch: {} }] }).tools).toEqual([{ googleSearch: {} }])
  })

  test('is refused with the field when its function is not valid', () => {
    expect(() => read({ ...hello, tools: [{ function: { description: 'x' } }] })).toThrow(
      expect.objectContaining({ param: 'tools[0].function.name' }),
    )
  })
})
