import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createToolNames } from './tool-names.ts'

const grammar = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/
const long = 'mcp__server__'.padEnd(80, 'x')

describe('a tool name at Gemini', () => {
  test.each([
    ['get_weather', 'get_weather'],
    ['get-weather', 'get-weather'],
    ['3d_render', '_3d_render'],
    ['-x', '_-x'],
    ['mcp.search', 'mcp_search'],
    ['ns:tool', 'ns_tool'],
    ['wetter für ort', 'wetter_f_r_ort'],
    [long, long.slice(0, 64)],
    [`1${long}`, `_1${long}`.slice(0, 64)],
    ['', '_'],
  ])('for %j is %j', (name, sent) => {
    expect(createToolNames([name]).toGemini(name)).toBe(sent)
  })

  test('is numbered when another tool has the repaired name', () => {
    const names = ['a.b', 'a:b', 'a_b', `${long}1`, `${long}2`]
    const { toGemini } = createToolNames(names)
    const short = long.slice(0, 64)
    expect(names.map(toGemini)).toEqual(['a_b_2', 'a_b_3', 'a_b', short, `${short.slice(0, 56)}_2`])
  })

  test('is passed on when the request does not name the tool', () => {
    const { toGemini, toClient } = createToolNames(['a.b'])
    expect([toGemini('other'), toClient('other')]).toEqual(['other', 'other'])
  })
})

const name = fc.oneof(
  fc.string({ maxLength: 90 }),
  fc.string({ unit: fc.constantFrom('a', '.', '_', '-', '2', ':'), maxLength: 6 }),
  fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 62, maxLength: 70 }),
)

describe('for any names', () => {
  test('each has its own name that Gemini accepts, and comes back as it was', () => {
    fc.assert(
      fc.property(fc.array(name, { maxLength: 40 }), (names) => {
        const { toGemini, toClient } = createToolNames(names)
        const distinct = [...new Set(names)]
        const sent = distinct.map(toGemini)
        expect(new Set(sent).size).toBe(distinct.length)
        expect(sent.map(toClient)).toEqual(distinct)
        for (const one of sent) expect(one).toMatch(grammar)
      }),
    )
  })

  test('the mapping is always the same, and keeps names that Gemini accepts', () => {
    fc.assert(
      fc.property(fc.array(name, { maxLength: 40 }), (names) => {
        const sent = names.map(createToolNames(names).toGemini)
        expect(names.map(createToolNames([...names]).toGemini)).toEqual(sent)
        for (const [index, one] of names.entries()) {
          if (grammar.test(one)) expect(sent[index]).toBe(one)
        }
      }),
    )
  })
})
