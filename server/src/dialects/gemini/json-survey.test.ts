import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MalformedJson, surveyJson } from './json-survey.ts'

const survey = (text: string) => surveyJson(Buffer.from(text))
const valueOf = (bytes: Buffer, range: { start: number; end: number }): unknown =>
  JSON.parse(bytes.subarray(range.start, range.end).toString('utf8'))

test('every top-level member is found, with the bytes of its value', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.stringMatching(/^[a-z]\w{0,8}$/), fc.jsonValue({ maxDepth: 4 })),
      fc.constantFrom(0, 1, 4),
      (object, indent) => {
        const bytes = Buffer.from(JSON.stringify(object, undefined, indent))
        const seen = surveyJson(bytes).members.map(({ value }) => valueOf(bytes, value))
        expect(seen).toEqual(Object.values(JSON.parse(bytes.toString())))
      },
    ),
  )
})

test('what JSON.parse accepts is accepted, and what is refused JSON.parse refuses too', () => {
  const mutated = fc
    .tuple(fc.object({ maxDepth: 3 }), fc.nat(), fc.constantFrom('', '"', '}', ',', '\\', 'x', '['))
    .map(([object, at, piece]) => {
      const text = JSON.stringify(object)
      const place = at % text.length
      return text.slice(0, place) + piece + text.slice(place + 1)
    })
  fc.assert(
    fc.property(mutated, (text) => {
      let isRefused = false
      try {
        survey(text)
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedJson)
        isRefused = true
      }
      let isObject = false
      try {
        const parsed: unknown = JSON.parse(text)
        isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      } catch {
        isObject = false
      }
      if (isObject) expect(isRefused).toBe(false)
      if (isRefused) expect(isObject).toBe(false)
    }),
    { numRuns: 500 },
  )
})

test.each([
  '',
  'null',
  '[]',
  '"x"',
  '{',
  '{"a":}',
  '{"a" 1}',
  '{"a":1,}',
  '{"a":01}',
  '{} {}',
  '{"a":tru}',
])('%j is malformed', (text) => {
  expect(() => survey(text)).toThrow(MalformedJson)
})

test('a body nested too deep is refused and does not exhaust the stack', () => {
  expect(() => survey(`{"a":${'['.repeat(1_000_000)}`)).toThrow(MalformedJson)
})

test('snake_case names read as camelCase', () => {
  const names = survey('{"generation_config":{},"safety_settings":[],"contents":[]}').members
  expect(names.map(({ name }) => name)).toEqual(['generationConfig', 'safetySettings', 'contents'])
})

describe('contents', () => {
  test('empty parts, and contents without parts, are found where they stand', () => {
    const text =
      '{"contents":[{"role":"user"},{"parts":[]},{"parts":[{},{"text":"a"}]},{"parts":[{ }]}]}'
    const { contents } = survey(text)
    expect(contents.map(({ parts }) => parts.map(({ isEmpty }) => isEmpty))).toEqual([
      [],
      [],
      [true, false],
      [true],
    ])
    expect(contents.map(({ start, end }) => JSON.parse(text.slice(start, end)))).toEqual(
      JSON.parse(text).contents,
    )
  })

  test('function calls, inline data and files are noticed in parts and nowhere else', () => {
    expect(
      survey('{"contents":[{"parts":[{"function_call":{"name":"f"}}]}]}').hasFunctionCall,
    ).toBe(true)
    expect(
      survey('{"contents":[{"parts":[{"text":"\\"functionCall\\":1"}]}],"functionCall":{}}'),
    ).toMatchObject({ hasFunctionCall: false })
    expect(survey('{"contents":[{"parts":[{"inlineData":{"data":"AAAA"}}]}]}')).toMatchObject({
      hasInlineData: true,
      inlineBytes: 15,
      inlineCount: 1,
    })
    expect(survey('{"contents":[{"parts":[{"fileData":null}]}]}').hasFileData).toBe(false)
  })
})
