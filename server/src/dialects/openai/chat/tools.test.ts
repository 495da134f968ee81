import { describe, expect, test } from 'vitest'
import { modelTraits } from '../../../google/models/model-traits.ts'
import { translateTools } from './tools.ts'

const modern = modelTraits('gemini-3.8-flash')
const tool = (name: string, parameters?: unknown, description?: string) => ({
  type: 'function' as const,
  function: { name, description, parameters },
})
const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }

describe('function tools', () => {
  test('keep their JSON Schema where the model takes it', () => {
    const { value } = translateTools({ tools: [tool('f', schema, 'Does f.')] }, modern)
    expect(value).toEqual([
      {
        functionDeclarations: [{ name: 'f', description: 'Does f.', parametersJsonSchema: schema }],
      },
    ])
  })

  test("get Google's kind of schema where theirs says what Google would not understand", () => {
    const strict = { type: 'object', properties: { a: { const: 'x' } } }
    const { value } = translateTools({ tools: [tool('f', strict)] }, modern)
    expect(value[0]?.functionDeclarations?.[0]).toEqual({
      name: 'f',
      parameters: { type: 'OBJECT', properties: { a: { type: 'STRING', enum: ['x'] } } },
    })
  })

  test('lose parameters that say nothing', () => {
    const empty = { type: 'object', properties: {}, additionalProperties: false }
    const { value } = translateTools({ tools: [tool('f', empty), tool('g', {})] }, modern)
    expect(value[0]?.functionDeclarations).toEqual([{ name: 'f' }, { name: 'g' }])
  })

  test('of one name are declared once, the first of them', () => {
    const { value } = translateTools({ tools: [tool('f', schema), tool('f')] }, modern)
    expect(value[0]?.functionDeclarations).toHaveLength(1)
    expect(value[0]?.functionDeclarations?.[0]).toHaveProperty('parametersJsonSchema')
  })

  test('of the old kind are declared too', () => {
    const { value } = translateTools({ functions: [{ name: 'f', parameters: schema }] }, modern)
    expect(value[0]?.functionDeclarations?.[0]?.name).toBe('f')
  })

  test('whose parameters are a choice between objects take the properties of all', () => {
    const choice = {
      anyOf: [
        { type: 'object', properties: { a: { const: 1 }, c: {} }, required: ['a', 'c'] },
        { type: 'object', properties: { b: {}, c: {} }, required: ['c'] },
      ],
    }
    const { value } = translateTools({ tools: [tool('f', choice)] }, modern)
    expect(value[0]?.functionDeclarations?.[0]?.parameters).toMatchObject({
      type: 'OBJECT',
      properties: { a: {}, b: {}, c: {} },
      required: ['c'],
    })
  })

  test.each([
    ['1f', undefined, 'tools[0].function.name'],
    ['f'.repeat(129), undefined, 'tools[0].function.name'],
    ['f', 'x', 'tools[0].function.parameters'],
    ['f', { type: 'string' }, 'tools[0].function.parameters'],
  ])('that Google cannot take are refused by the field: %s', (name, parameters, param) => {
    expect(() => translateTools({ tools: [tool(name, parameters)] }, modern)).toThrow(
      expect.objectContaining({ param }),
    )
  })
})

describe("Google's own tools", () => {
  test.each([
    [{ tools: [tool('googleSearch')] }],
    [{ tools: [{ type: 'web_search' }] }],
    [{ tools: [{ googleSearch: {} }] }],
    [{ web_search_options: {} }],
  ])('are switched on by the names that clients use: %j', (request) => {
    expect(translateTools(request, modern)).toEqual({ value: [{ googleSearch: {} }], warnings: [] })
  })

  test('give way to functions, and that is said', () => {
    const { value, warnings } = translateTools(
      { tools: [tool('f'), { type: 'code_interpreter' }], web_search_options: {} },
      modern,
    )
    expect(value).toEqual([{ functionDeclarations: [{ name: 'f' }] }])
    expect(warnings.map(({ field }) => field)).toEqual(['tools[1]', 'web_search_options'])
  })

  test('that Google has not are left out, and that is said', () => {
    const { value, warnings } = translateTools({ tools: [{ type: 'file_search' }] }, modern)
    expect(value).toEqual([])
    expect(warnings.map(({ field }) => field)).toEqual(['tools[0]'])
  })
})
