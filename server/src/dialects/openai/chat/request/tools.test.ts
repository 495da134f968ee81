import { describe, expect, test } from 'vitest'
import { createToolNames } from '../../../translate/tool-names.ts'
import { modelTraits } from '../../../../google/models/model-traits.ts'
import { translateTools } from './tools.ts'

const modern = modelTraits('gemini-3.8-flash')
const tool = (name: string, parameters?: unknown, description?: string) => ({
  type: 'function' as const,
  function: { name, description, parameters },
})
const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }

describe('function tools', () => {
  test('keep their JSON Schema when the model accepts it', () => {
    const { value } = translateTools(
      { tools: [tool('f', schema, 'Does f.')] },
      modern,
      createToolNames([]),
    )
    expect(value).toEqual([
      {
        functionDeclarations: [{ name: 'f', description: 'Does f.', parametersJsonSchema: schema }],
      },
    ])
  })

  test("get a schema in Google's format when the model does not take JSON Schema", () => {
    const strict = { type: 'object', properties: { a: { const: 'x' } } }
    const { value } = translateTools(
      { tools: [tool('f', strict)] },
      modelTraits('gemma-3-27b-it'),
      createToolNames([]),
    )
    expect(value[0]?.functionDeclarations?.[0]).toEqual({
      name: 'f',
      parameters: { type: 'OBJECT', properties: { a: { type: 'STRING', enum: ['x'] } } },
    })
  })

  test('lose only the keywords that Google lacks, each with a warning', () => {
    const parameters = {
      type: 'object',
      properties: {
        a: { type: 'string', not: { const: 'x' } },
        b: { type: 'object', additionalProperties: { type: 'number' } },
      },
    }
    const { value, warnings } = translateTools(
      { tools: [tool('f', parameters)] },
      modern,
      createToolNames([]),
    )
    expect(value[0]?.functionDeclarations?.[0]?.parametersJsonSchema).toEqual({
      type: 'object',
      properties: {
        a: { type: 'string' },
        b: { type: 'object', additionalProperties: { type: 'number' } },
      },
    })
    expect(warnings.map(({ field }) => field)).toEqual([
      'tools[0].function.parameters.properties.a.not',
    ])
  })

  test('have empty parameters removed', () => {
    const empty = { type: 'object', properties: {}, additionalProperties: false }
    const { value } = translateTools(
      { tools: [tool('f', empty), tool('g', {})] },
      modern,
      createToolNames([]),
    )
    expect(value[0]?.functionDeclarations).toEqual([{ name: 'f' }, { name: 'g' }])
  })

  test('with the same name are declared once; the first one wins', () => {
    const { value } = translateTools(
      { tools: [tool('f', schema), tool('f')] },
      modern,
      createToolNames([]),
    )
    expect(value[0]?.functionDeclarations).toHaveLength(1)
    expect(value[0]?.functionDeclarations?.[0]).toHaveProperty('parametersJsonSchema')
  })

  test('may be legacy functions', () => {
    const { value } = translateTools(
      { functions: [{ name: 'f', parameters: schema }] },
      modern,
      createToolNames([]),
    )
    expect(value[0]?.functionDeclarations?.[0]?.name).toBe('f')
  })

  test('with a choice of objects as parameters have the properties of all', () => {
    const choice = {
      anyOf: [
        { type: 'object', properties: { a: { const: 1 }, c: {} }, required: ['a', 'c'] },
        { type: 'object', properties: { b: {}, c: {} }, required: ['c'] },
      ],
    }
    const { value } = translateTools({ tools: [tool('f', choice)] }, modern, createToolNames([]))
    expect(value[0]?.functionDeclarations?.[0]?.parametersJsonSchema).toMatchObject({
      type: 'object',
      properties: { a: {}, b: {}, c: {} },
      required: ['c'],
    })
  })

  test.each([
    ['f', 'x', 'tools[0].function.parameters'],
    ['f', { type: 'string' }, 'tools[0].function.parameters'],
  ])('that Google does not accept are refused with the field: %s', (name, parameters, param) => {
    expect(() =>
      translateTools({ tools: [tool(name, parameters)] }, modern, createToolNames([])),
    ).toThrow(expect.objectContaining({ param }))
  })
})

describe("Google's own tools", () => {
  test.each([
    [{ tools: [tool('googleSearch')] }],
    [{ tools: [{ type: 'web_search' }] }],
    [{ tools: [{ googleSearch: {} }] }],
    [{ web_search_options: {} }],
  ])('are enabled by their usual names: %j', (request) => {
    expect(translateTools(request, modern, createToolNames([]))).toEqual({
      value: [{ googleSearch: {} }],
      warnings: [],
    })
  })

  test('are dropped with a warning when there are functions', () => {
    const { value, warnings } = translateTools(
      { tools: [tool('f'), { type: 'code_interpreter' }], web_search_options: {} },
      modern,
      createToolNames([]),
    )
    expect(value).toEqual([{ functionDeclarations: [{ name: 'f' }] }])
    expect(warnings.map(({ field }) => field)).toEqual(['tools[1]', 'web_search_options'])
  })

  test('that are unknown are dropped with a warning', () => {
    const { value, warnings } = translateTools(
      { tools: [{ type: 'file_search' }] },
      modern,
      createToolNames([]),
    )
    expect(value).toEqual([])
    expect(warnings.map(({ field }) => field)).toEqual(['tools[0]'])
  })
})
