import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { compatEndpoints } from './compat.ts'
import type { Endpoint } from './endpoint.ts'
import { endpoints } from './endpoints.ts'

const timeWords =
  /(?:^(?:at|from|to)|At|since|Since|until|Until|[tT]ime|[lL]atency|[dD]uration|[wW]ait\w*)$/
const unit = /(?:Ms|Seconds|Minutes|Hours|Days)$/
const isCompat = (name: string) => name in compatEndpoints
/** The pool keeps the names of the Python program. */
const exempt = new Set(['getPool', 'loginForm'])

type Json = Readonly<Record<string, unknown>>
type Member = { readonly path: string; readonly name: string; readonly schema: Json }

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null

/** All members of all objects in a JSON schema. */
function* membersOf(schema: unknown, path = ''): Generator<Member> {
  if (Array.isArray(schema)) for (const one of schema) yield* membersOf(one, path)
  if (!isObject(schema) || Array.isArray(schema)) return
  const properties = schema['properties']
  if (isObject(properties)) {
    for (const [name, member] of Object.entries(properties)) {
      if (isObject(member) && member['x-compat'] !== true)
        yield { path: `${path}.${name}`, name, schema: member }
      yield* membersOf(member, `${path}.${name}`)
    }
  }
  for (const part of ['items', 'additionalProperties', 'anyOf', 'oneOf', 'allOf']) {
    yield* membersOf(schema[part], path)
  }
}

const jsonSchema = (schema: z.ZodType, io: 'input' | 'output') =>
  z.toJSONSchema(schema, { io, unrepresentable: 'any' })

/** All types that a value may have. */
function typesOf(schema: unknown): unknown[] {
  if (!isObject(schema)) return []
  const { type, anyOf } = schema
  const own = Array.isArray(type) ? type : [type]
  return [...own, ...(Array.isArray(anyOf) ? anyOf.flatMap(typesOf) : [])]
}

const isNumber = (schema: unknown): boolean =>
  typesOf(schema).some((type) => type === 'number' || type === 'integer')
const isWhole = (schema: unknown): boolean => !typesOf(schema).includes('number')

const table: readonly (readonly [string, Endpoint])[] = Object.entries(endpoints).filter(
  ([name]) => !isCompat(name) && !exempt.has(name),
)

describe('a time is RFC 3339, or its name says its unit', () => {
  test.each(table)('%s', (_name, { input, answer }) => {
    const members = [
      ...membersOf(jsonSchema(input, 'input')),
      ...membersOf(jsonSchema(answer, 'output')),
    ]
    const wrong = members.filter(({ name, schema }) => {
      if (unit.test(name)) return name.endsWith('Ms') && isNumber(schema) && !isWhole(schema)
      return timeWords.test(name) && isNumber(schema)
    })
    expect(wrong.map(({ path }) => path)).toEqual([])
  })
})

test('the rule finds a time without a unit, and fractional milliseconds', () => {
  const members = (shape: z.ZodRawShape) => [...membersOf(jsonSchema(z.object(shape), 'output'))]
  for (const name of ['at', 'createdAt', 'until', 'wakesAt', 'since', 'waiting', 'latency']) {
    const [member] = members({ [name]: z.number().nullish() })
    expect([timeWords.test(name), isNumber(member?.schema)]).toEqual([true, true])
  }
  expect(isWhole(members({ tookMs: z.number() })[0]?.schema)).toBe(false)
  expect(isWhole(members({ tookMs: z.number().int().nullable() })[0]?.schema)).toBe(true)
})
