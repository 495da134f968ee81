import { expect, test } from 'vitest'
import { parseLenientJson, withoutOuterQuotes } from './lenient-json.ts'
import { readSettings } from './read-settings.ts'

test.each([
  ['JSON', '["a","b"]'],
  ['single quotes', "['a','b']"],
  ['escaped quotes, as panels write', String.raw`[\"a\",\"b\"]`],
  ['a lost bracket at the end', '["a","b"'],
  ['quotes around it, as Docker keeps them', `'["a","b"]'`],
  ['quotes around escaped quotes', String.raw`"[\"a\",\"b\"]"`],
  ['what a shell leaves of JSON', '[a,b]'],
  ['what a shell leaves of JSON with blanks', '[ a, b ]'],
  ['quoted items', '"a","b"'],
  ['quotes around items', '"a,b"'],
  ['lines', 'a\r\nb\n'],
])('a list is read from %s', (_name, written) => {
  expect(readSettings({ ALLOWED_TOKENS: written }).allowedTokens).toEqual(['a', 'b'])
})

test.each([
  ['JSON', '{"m": -1}'],
  ['single quotes', "{'m': -1}"],
  ['escaped quotes', String.raw`{\"m\": -1}`],
  ['quotes around escaped quotes', String.raw`"{\"m\": -1}"`],
  ['a lost bracket at the end', '{"m": -1'],
])('a map is read from %s', (_name, written) => {
  expect(readSettings({ THINKING_BUDGET_MAP: written }).thinkingBudgetMap).toEqual({ m: -1 })
})

test('the safety settings of the published example lack their last bracket and are read', () => {
  const copied =
    '[{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "OFF"}, {"category": "HARM_CATEGORY_CIVIC_INTEGRITY", "threshold": "BLOCK_NONE"}'
  expect(readSettings({ SAFETY_SETTINGS: copied }).safetySettings).toHaveLength(2)
})

test.each(['[', '{', '["a', '["a",', '[{"a":', '{"a":}', '["a"}', '{"a":1]', '[a{]', '', 'a'])(
  'nothing is made up for %s',
  (written) => {
    expect(parseLenientJson(written)).toBeUndefined()
  },
)

test('only quotes that enclose the whole text are removed', () => {
  expect(withoutOuterQuotes('"a b"')).toBe('a b')
  expect(withoutOuterQuotes(" 'a' ")).toBe('a')
  for (const text of ['', '"', '"a', `"a'`, '"a","b"', "it's", String.raw`"a\"`, 'a"b"']) {
    expect(withoutOuterQuotes(text)).toBe(text)
  }
})

test('brackets without end are read in linear time', () => {
  for (const text of ['[', '{"a":', '"', '\\"', "'", '[]']) {
    expect(() => parseLenientJson(text.repeat(200_000))).not.toThrow()
  }
})
