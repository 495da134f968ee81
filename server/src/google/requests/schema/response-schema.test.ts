import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStrictGemini } from '../../../dialects/testing/strict-gemini.ts'
import { repairedResponseSchema } from './response-schema.ts'

const answer = (property: object) => ({
  responseMimeType: 'application/json',
  responseSchema: { type: 'object', properties: { a: property } },
})

test('a response schema that Google accepts is unchanged', () => {
  const accepted = { responseSchema: { type: 'OBJECT', properties: { const: { type: 'STRING' } } } }
  expect(repairedResponseSchema(accepted, 'gemini-3.8-flash')).toEqual({})
  expect(repairedResponseSchema({}, 'gemini-3.8-flash')).toEqual({})
  expect(repairedResponseSchema({ responseSchema: null }, 'gemini-3.8-flash')).toEqual({})
})

test('JSON Schema moves to the field for it where the model has one', () => {
  const map = { type: 'object', additionalProperties: { type: 'number' } }
  expect(repairedResponseSchema(answer(map), 'gemini-3.8-flash')).toEqual({
    responseSchema: null,
    responseJsonSchema: { type: 'object', properties: { a: map } },
  })
  expect(repairedResponseSchema(answer({ type: ['string', 'null'] }), 'gemini-2.0-flash')).toEqual({
    responseSchema: {
      type: 'OBJECT',
      properties: { a: { type: 'STRING', nullable: true } },
    },
  })
})

test('a schema beside responseJsonSchema is left for Google to refuse', () => {
  const both = { ...answer({ type: ['string', 'null'] }), response_json_schema: {} }
  expect(repairedResponseSchema(both, 'gemini-3.8-flash')).toEqual({})
})

describe('a strict Gemini', () => {
  let gemini: Awaited<ReturnType<typeof openStrictGemini>>
  beforeAll(async () => {
    gemini = await openStrictGemini()
  })
  afterAll(() => gemini.fake.close())

  test.each(['gemini-3.8-flash', 'gemini-2.5-flash', 'gemma-4-31b-it'])(
    'accepts the repaired schemas that it refused: %s',
    async (model) => {
      const contents = [{ role: 'user', parts: [{ text: 'hi' }] }]
      const properties = [
        { type: ['string', 'null'] },
        { type: 'object', additionalProperties: false },
        { type: 'integer', enum: [1, 2] },
        { type: 'array' },
        { const: 'a' },
      ]
      for (const property of properties) {
        const generationConfig = answer(property)
        const what = JSON.stringify(property)
        expect(await gemini.send(model, { contents, generationConfig }), what).toContain('400')
        const repaired = {
          ...generationConfig,
          ...repairedResponseSchema(generationConfig, model),
        }
        expect(await gemini.send(model, { contents, generationConfig: repaired }), what).toBe(
          undefined,
        )
      }
    },
  )
})
