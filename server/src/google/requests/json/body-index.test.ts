import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MalformedJson } from './json-scanner.ts'
import { indexBody } from './body-index.ts'

const index = (text: string) => indexBody(Buffer.from(text))
const valueOf = (bytes: Buffer, range: { start: number; end: number }): unknown =>
  JSON.parse(bytes.subarray(range.start, range.end).toString('utf8'))

test('every top-level member is indexed with the range of its value', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.stringMatching(/^[a-z]\w{0,8}$/), fc.jsonValue({ maxDepth: 4 })),
      fc.constantFrom(0, 1, 4),
      (object, indent) => {
        const bytes = Buffer.from(JSON.stringify(object, undefined, indent))
        const seen = indexBody(bytes).members.map(({ value }) => valueOf(bytes, value))
        expect(seen).toEqual(Object.values(JSON.parse(bytes.toString())))
      },
    ),
  )
})

/** Text that may or may not be JSON, with strings longer than the scanner reads in a loop. */
const maybeJson = fc
  .tuple(
    fc.object({ maxDepth: 3, values: [fc.string(), fc.double(), fc.boolean(), fc.constant(null)] }),
    fc.constantFrom('', 'a'.repeat(70), 'é"\\'.repeat(90), 'line\n'.repeat(60), 'x'.repeat(999)),
    fc.nat(),
    fc.constantFrom(
      '',
      '"',
      '}',
      ',',
      '\\',
      '\\u12',
      'x',
      '[',
      '\n',
      '\u0001',
      '0',
      '-',
      '1e',
      '.',
    ),
    fc.constantFrom(0, 2),
  )
  .map(([object, long, at, piece, indent]) => {
    const text = JSON.stringify({ ...object, long }, undefined, indent)
    const offset = at % text.length
    return text.slice(0, offset) + piece + text.slice(offset + (at % 2))
  })

test('the scanner accepts exactly the objects that JSON.parse accepts', () => {
  fc.assert(
    fc.property(maybeJson, (text) => {
      expect(accepts(index, text)).toBe(accepts(parseObject, text))
    }),
    { numRuns: 1000 },
  )
})

function accepts(read: (text: string) => unknown, text: string): boolean {
  try {
    read(text)
    return true
  } catch (error) {
    if (error instanceof MalformedJson || error instanceof SyntaxError) return false
    throw error
  }
}

function parseObject(text: string) {
  const parsed: unknown = JSON.parse(text)
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new SyntaxError('not an object')
  }
}

test.each([31, 63, 64, 65, 255, 256, 257, 1000, 1001, 1002, 1003])(
  'a control character at byte %i of a string is found at every alignment of the body',
  (offset) => {
    for (const shift of [0, 1, 2, 3]) {
      const letters = 'é'.repeat(700)
      const string = Buffer.from(letters)
      string[offset] = 0x1f
      const memory = Buffer.concat([Buffer.alloc(shift), Buffer.from('{"a":"'), string])
      const body = Buffer.concat([memory, Buffer.from('"}')]).subarray(shift)
      expect(() => indexBody(body)).toThrow(`at byte ${6 + offset}`)
      string[offset] = 0x20
      expect(indexBody(Buffer.from(`{"a":"${string.toString('latin1')}"}`)).members).toHaveLength(1)
    }
  },
)

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
  '{"a":-}',
  '{"a":1.}',
  '{"a":"\\x"}',
  '{"a":"\\u12g4"}',
  '{"a":"\n"}',
])('%j is malformed', (text) => {
  expect(() => index(text)).toThrow(MalformedJson)
})

test('a body nested too deep is malformed and does not exhaust the stack', () => {
  expect(() => index(`{"a":${'['.repeat(1_000_000)}`)).toThrow(MalformedJson)
})

test('snake_case names read as camelCase', () => {
  const names = index('{"generation_config":{},"safety_settings":[],"contents":[]}').members
  expect(names.map(({ name }) => name)).toEqual(['generationConfig', 'safetySettings', 'contents'])
})

describe('contents', () => {
  test('empty parts and contents without parts are indexed with their ranges', () => {
    const text =
      '{"contents":[{"role":"user"},{"parts":[]},{"parts":[{},{"text":"a"}]},{"parts":[{ }]}]}'
    const { contents } = index(text)
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

  test('a single content or part may be written without a list, as in Google’s examples', () => {
    const { contents, hasFunctionCall } = index(
      '{"contents":{"parts":{"functionCall":{"name":"f"}}}}',
    )
    expect(contents).toMatchObject([{ isEmpty: false, parts: [{ isEmpty: false }] }])
    expect(hasFunctionCall).toBe(true)
  })

  test('values that are not contents or parts never count as empty', () => {
    const { contents } = index('{"contents":["x",{"parts":"y"},{"parts":["z"]},{"parts":null}]}')
    expect(contents.map(({ isEmpty }) => isEmpty)).toEqual([false, false, false, true])
  })

  test('function calls, inline data and files count only as members of parts', () => {
    expect(index('{"contents":[{"parts":[{"function_call":{"name":"f"}}]}]}').hasFunctionCall).toBe(
      true,
    )
    expect(
      index('{"contents":[{"parts":[{"text":"\\"functionCall\\":1"}]}],"functionCall":{}}'),
    ).toMatchObject({ hasFunctionCall: false })
    expect(index('{"contents":[{"parts":[{"inlineData":{"data":"AAAA"}}]}]}')).toMatchObject({
      hasInlineData: true,
      inlineBytes: 15,
      inlineCount: 1,
    })
    expect(index('{"contents":[{"parts":[{"fileData":null}]}]}').hasFileData).toBe(false)
  })
})
