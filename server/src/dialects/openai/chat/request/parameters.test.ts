import { describe, expect, test } from 'vitest'
import { chatRequest } from './chat-request.ts'
import { modelTraits } from '../../../../google/models/model-traits.ts'
import { translateParameters } from './parameters.ts'
import { checkRequest } from '../../../translate/read-request.ts'
import { thinkingFor } from './reasoning-effort.ts'
import { translateResponseFormat } from './response-format.ts'

function translate(fields: object, model = 'gemini-3.8-flash', showThoughts = false) {
  const request = checkRequest(chatRequest, {
    model,
    messages: [{ role: 'user', content: 'hi' }],
    ...fields,
  })
  return translateParameters(request, modelTraits(model), { showThoughts })
}

describe('parameters', () => {
  test('are omitted when they are not given', () => {
    expect(translate({})).toEqual({ value: {}, warnings: [] })
  })

  test.each([
    [{ temperature: 0 }, { temperature: 0 }],
    [
      { top_p: 0.5, top_k: 40 },
      { topP: 0.5, topK: 40 },
    ],
    [{ max_tokens: 5 }, { maxOutputTokens: 5 }],
    [{ max_completion_tokens: 6, max_tokens: 5 }, { maxOutputTokens: 6 }],
    [{ stop: 'a' }, { stopSequences: ['a'] }],
    [{ stop: ['a', 'b'] }, { stopSequences: ['a', 'b'] }],
    [{ seed: 7 }, { seed: 7 }],
    [{ seed: 2 ** 40 + 3 }, { seed: 3 }],
    [{ n: 2 }, {}],
    [
      { extra_body: { google: { thinking_config: { thinking_level: 'low' } } } },
      { thinkingConfig: { thinkingLevel: 'low' } },
    ],
    [
      { google: { thinking_config: { include_thoughts: true } } },
      { thinkingConfig: { includeThoughts: true } },
    ],
  ])("become Gemini's: %j", (given, config) => {
    expect(translate(given)).toEqual({ value: config, warnings: [] })
  })

  test('include n for models that return several candidates', () => {
    expect(translate({ n: 2 }, 'gemini-2.5-flash').value).toEqual({ candidateCount: 2 })
  })

  test.each([
    [{ max_tokens: 0 }, ['max_tokens']],
    [{ max_completion_tokens: -1 }, ['max_completion_tokens']],
    [{ stop: ['1', '2', '3', '4', '5', '6'] }, ['stop']],
    [{ presence_penalty: 1, frequency_penalty: 0 }, ['presence_penalty']],
    [{ logprobs: true, top_logprobs: 2 }, ['logprobs']],
    [{ modalities: ['text', 'audio'] }, ['modalities']],
    [
      { reasoning_effort: 'low', google: { thinking_config: { thinking_budget: 5 } } },
      ['reasoning_effort'],
    ],
  ])('that Google does not accept are reported: %j', (given, fields) => {
    expect(translate(given).warnings.map(({ field }) => field)).toEqual(fields)
  })

  test('request thoughts only where the request says how much to think, if the setting is on', () => {
    const effort = { reasoning_effort: 'low' }
    const config = { thinkingConfig: { thinkingLevel: 'low', includeThoughts: true } }
    expect(translate(effort, 'gemini-3.8-flash', true).value).toEqual(config)
    expect(translate(effort, 'gemini-2.0-flash', true).value).toEqual({})
    expect(translate({}, 'gemini-3.8-flash', true).value).toEqual({})
    const none = { google: { thinking_config: { thinking_budget: 0 } } }
    expect(translate(none, 'gemini-2.5-flash', true).value).toEqual({
      thinkingConfig: { thinkingBudget: 0 },
    })
    expect(translate({ reasoning_effort: 'none' }, 'gemini-2.5-flash', true).value).toEqual({
      thinkingConfig: { thinkingBudget: 0 },
    })
  })

  test('request images from image models', () => {
    expect(translate({ modalities: ['image', 'text'] }, 'gemini-3.1-flash-image', true)).toEqual({
      value: { responseModalities: ['TEXT', 'IMAGE'] },
      warnings: [],
    })
  })
})

describe('reasoning effort', () => {
  test.each([
    ['gemini-3.8-flash', 'none', { thinkingLevel: 'low' }],
    ['gemini-3.8-flash', 'minimal', { thinkingLevel: 'low' }],
    ['gemini-3.8-flash', 'xhigh', { thinkingLevel: 'high' }],
    ['gemini-3.6-flash', 'minimal', { thinkingLevel: 'minimal' }],
    ['gemini-3.1-flash-lite', 'none', { thinkingLevel: 'minimal' }],
    ['gemini-3.1-pro-preview', 'minimal', { thinkingLevel: 'low' }],
    ['gemini-4-argon', 'medium', { thinkingLevel: 'medium' }],
    ['gemini-pro-latest', 'minimal', { thinkingLevel: 'low' }],
    ['gemini-2.5-flash', 'none', { thinkingBudget: 0 }],
    ['gemini-2.5-pro', 'none', { thinkingBudget: 128 }],
    ['gemini-2.5-flash', 'low', { thinkingBudget: 1024 }],
    ['gemini-2.5-flash', 'medium', { thinkingBudget: 8192 }],
    ['gemini-2.5-pro', 'high', { thinkingBudget: 24_576 }],
    ['gemini-2.0-flash', 'high', undefined],
  ])('for %s, %s is %j', (model, effort, config) => {
    expect(thinkingFor(effort, modelTraits(model))?.config).toEqual(config)
  })

  test.each([
    ['gemini-3.8-flash', ['none', 'minimal', 'xhigh', 'max']],
    ['gemini-3.6-flash', ['none', 'xhigh', 'max']],
    ['gemini-2.5-flash', ['xhigh', 'max']],
    ['gemini-2.5-pro', ['none', 'xhigh', 'max']],
    ['gemini-2.0-flash', ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']],
  ])('that %s does not have is reported: %j', (model, expected) => {
    const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']
    const isReported = (reasoning_effort: string) =>
      translate({ reasoning_effort }, model).warnings.some(
        ({ field }) => field === 'reasoning_effort',
      )
    expect(efforts.filter(isReported)).toEqual(expected)
  })

  test('with an unknown value is refused', () => {
    expect(() => thinkingFor('heroic', modelTraits('gemini-3.8-flash'))).toThrow(
      expect.objectContaining({ param: 'reasoning_effort' }),
    )
  })
})

describe('the response format', () => {
  const modern = { traits: modelTraits('gemini-3.8-flash'), tools: [], choice: undefined }
  const functions = [{ functionDeclarations: [{ name: 'f' }] }]
  const json = { responseMimeType: 'application/json' }
  const withSchema = (schema: unknown) => ({
    type: 'json_schema' as const,
    json_schema: { name: 'x', schema },
  })

  test('is JSON, with the schema unchanged or converted', () => {
    expect(translateResponseFormat({ type: 'json_object' }, modern).value).toEqual(json)
    const plain = { type: 'object', properties: { a: { type: 'string' } } }
    expect(translateResponseFormat(withSchema(plain), modern).value).toEqual({
      ...json,
      responseJsonSchema: plain,
    })
    expect(translateResponseFormat(withSchema({ const: 'a' }), modern).value).toEqual({
      ...json,
      responseJsonSchema: { type: 'string', enum: ['a'] },
    })
  })

  test('is text by default', () => {
    expect(translateResponseFormat({ type: 'text' }, modern).value).toEqual({})
    expect(translateResponseFormat(undefined, modern).value).toEqual({})
  })

  test('is asked for in words with forced calls, and before Gemini 3 with any tool', () => {
    const schema = { type: 'object' }
    const forced = { ...modern, tools: functions, choice: { mode: 'ANY' as const } }
    const old = { ...modern, tools: functions, traits: modelTraits('gemini-2.5-flash') }
    for (const context of [forced, old]) {
      const translated = translateResponseFormat(withSchema(schema), context)
      expect(translated.value).toEqual({})
      expect(translated.warnings.map(({ field }) => field)).toEqual(['response_format'])
      const format = { ...json, responseJsonSchema: schema }
      expect(translated.json).toEqual({ schema, format })
    }
    const both = translateResponseFormat(withSchema(schema), { ...modern, tools: functions })
    expect(both.value).toEqual({ ...json, responseJsonSchema: schema })
    expect(both.json).toBeUndefined()
  })

  test('wins before Gemini 3 where calls are forbidden', () => {
    const old = { ...modern, tools: functions, traits: modelTraits('gemini-2.5-flash') }
    const none = { ...old, choice: { mode: 'NONE' as const } }
    const { value, warnings, dropsTools } = translateResponseFormat({ type: 'json_object' }, none)
    expect([value, dropsTools]).toEqual([json, true])
    expect(warnings.map(({ field }) => field)).toEqual(['tools'])
  })

  test('with an invalid schema is refused with the field', () => {
    expect(() => translateResponseFormat(withSchema('x'), modern)).toThrow(
      expect.objectContaining({ param: 'response_format.json_schema.schema' }),
    )
  })
})
