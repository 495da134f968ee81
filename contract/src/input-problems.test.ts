import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { fieldOf, inputProblems, paramOf } from './input-problems.ts'

function problemsOf(schema: z.ZodType, input: unknown): string[] {
  const read = schema.safeParse(input)
  if (read.success) return []
  return inputProblems(read.error, input).problems.map(
    ({ path, problem }) => `${fieldOf(path)} ${problem}`,
  )
}

const kinds = z.enum(['a', 'b', 'c'])
const many = z.enum(Array.from({ length: 14 }, (_, index) => `choice-${index}`))
const nested = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('image'), url: z.string() }),
])

describe('a problem names the field, the kind that was sent, and what is allowed', () => {
  test.each<[string, z.ZodType, unknown, string]>([
    ['a kind', z.object({ f: z.string() }), { f: 5 }, 'f must be text, not another number'],
    ['an absent field', z.object({ f: kinds }), {}, 'f is missing; it must be one of a, b, c'],
    ['null', z.object({ f: kinds }), { f: null }, 'f must be one of a, b, c, not null'],
    ['choices', z.object({ f: kinds }), { f: 'd' }, 'f must be one of a, b, c, not other text'],
    ['a literal', z.object({ f: z.literal('a') }), { f: [] }, 'f must be a, not a list'],
    ['a bound', z.object({ f: z.number().min(3) }), { f: 1 }, 'f must be at least 3'],
    [
      'a length',
      z.object({ f: z.string().max(2) }),
      { f: 'abc' },
      'f must be text of at most 2 characters',
    ],
    ['emptiness', z.object({ f: z.array(z.string()).min(1) }), { f: [] }, 'f must not be empty'],
    [
      'a coerced number',
      z.object({ f: z.coerce.number() }),
      { f: 'x' },
      'f must be a number, not other text',
    ],
    [
      'kinds of a union',
      z.object({ f: z.union([z.string(), z.number(), kinds]) }),
      { f: {} },
      'f must be one of a, b, c or text or a number, not a JSON object',
    ],
    [
      'the member of a union that was meant',
      z.object({ f: z.union([z.string(), z.array(nested)]) }),
      { f: [{ type: 'text' }] },
      'f.0.text is missing; it must be text',
    ],
    [
      'the discriminator',
      nested,
      { type: 'sound' },
      'type must be one of text, image, not other text',
    ],
    [
      'literals in several members',
      z.union([
        z.object({ type: z.literal('x'), a: z.string() }),
        z.object({ type: z.literal('y'), b: z.string() }),
      ]),
      { type: 'z' },
      'type must be one of x, y, not other text',
    ],
    ['unknown members', z.strictObject({}), { more: 1 }, ' has unknown members: more'],
    [
      'the sentence of a schema',
      z.object({ f: z.string().regex(/^a$/, 'must be an a') }),
      { f: 'b' },
      'f must be an a',
    ],
    [
      'a time',
      z.object({ f: z.iso.datetime() }),
      { f: 'now' },
      'f must be a time such as 2026-01-31T12:00:00Z',
    ],
  ])('%s', (_name, schema, input, sentence) => {
    expect(problemsOf(schema, input)).toEqual([sentence])
  })
})

test('at most ten choices and twenty problems are named, and the others are counted', () => {
  const [sentence] = problemsOf(z.object({ f: many }), { f: 1 })
  expect(sentence).toContain('choice-9 and 4 more')
  const input = Array.from({ length: 50_000 }, () => 'x')
  const read = z.array(z.number()).safeParse(input)
  const { problems, more } = inputProblems(read.error ?? new z.ZodError([]), input)
  expect([problems.length, more]).toEqual([20, 49_980])
})

test('neither a value nor a name that may be a secret is repeated', () => {
  const key = `AIza${'x'.repeat(35)}`
  const schema = z.strictObject({ f: z.record(z.string(), z.number()).optional() })
  const all = [{ f: key }, { [key]: 1 }, { f: { [key]: 'x' } }, { f: { 'two words\n': key } }]
  for (const input of all) {
    const text = problemsOf(schema, input).join('\n')
    expect(text).not.toBe('')
    expect(text).not.toContain(key)
    expect(text).not.toContain('two words')
  }
})

test('a path is written as OpenAI writes it', () => {
  expect(paramOf(['messages', 0, 'content', 1, 'text'])).toBe('messages[0].content[1].text')
})

test.each([null, undefined, 5, '', [], {}, true, { f: undefined }, { __proto__: null }])(
  'no input makes the explanation fail: %j',
  (input) => {
    const schema = z.object({ f: z.union([nested, kinds]), g: z.tuple([z.string()]) })
    expect(problemsOf(schema, input).join()).not.toMatch(/Invalid|undefined/)
  },
)
