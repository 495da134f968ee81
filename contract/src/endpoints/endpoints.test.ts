import { expect, test } from 'vitest'
import { z } from 'zod'
import { errorCodes, errors, type ErrorCode } from '../errors.ts'
import { compatEndpoints } from './compat.ts'
import type { Endpoint } from './endpoint.ts'
import { endpoints } from './endpoints.ts'

const table: readonly (readonly [string, Endpoint])[] = Object.entries(endpoints)
const isCompat = (name: string) => name in compatEndpoints

/** What a schema says of a value, as far as these rules read it. */
const node = z.looseObject({
  type: z.unknown().optional(),
  'x-compat': z.boolean().optional(),
  get properties() {
    return z.record(z.string(), node).optional()
  },
  get items() {
    return z.union([node, z.boolean()]).optional()
  },
  get additionalProperties() {
    return z.union([node, z.boolean()]).optional()
  },
  get anyOf() {
    return z.array(node).optional()
  },
  get oneOf() {
    return z.array(node).optional()
  },
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  not: z.unknown().optional(),
})
type Node = z.infer<typeof node>

const answerOf = ({ answer }: Endpoint) => node.parse(z.toJSONSchema(answer, { io: 'output' }))

function childrenOf({ properties, items, additionalProperties, anyOf, oneOf }: Node) {
  const named = Object.entries(properties ?? {})
  const others = [items, additionalProperties, ...(anyOf ?? []), ...(oneOf ?? [])]
  return [
    ...named,
    ...others.flatMap((one): [string, Node][] => (typeof one === 'object' ? [['', one]] : [])),
  ]
}

/** The paths of all members that may be anything. */
function untyped(schema: Node, path: string): string[] {
  const { type, anyOf, oneOf, enum: values, const: value, not } = schema
  const isTyped = [type, anyOf, oneOf, values, value, not].some((one) => one !== undefined)
  return [
    ...(isTyped ? [] : [path]),
    ...childrenOf(schema).flatMap(([name, child]) => untyped(child, `${path}.${name}`)),
  ]
}

/** The names of all members that are not marked compat. */
function memberNames(schema: Node): string[] {
  return childrenOf(schema).flatMap(([name, child]) =>
    child['x-compat'] === true ? [] : [...(name === '' ? [] : [name]), ...memberNames(child)],
  )
}

test('every answer has a type, but the OpenAPI document and the JSON Schema of the settings', () => {
  const found = table.flatMap(([name, endpoint]) => untyped(answerOf(endpoint), name))
  expect(found).toEqual(['getOpenApi.', 'getSettingsSchema.schema.'])
})

test.each(table.filter(([name]) => !isCompat(name)))(
  '%s answers with members in camelCase, but those marked compat',
  (name, endpoint) => {
    const names = name === 'getPool' ? [] : memberNames(answerOf(endpoint))
    expect(names.filter((one) => !/^[a-z][\da-zA-Z]*$/.test(one))).toEqual([])
  },
)

test('no two endpoints share a method and a path', () => {
  const addresses = table.map(([, { method, path }]) => `${method} ${path}`)
  expect(new Set(addresses).size).toBe(addresses.length)
})

const sentences = (text: string) => text.split(/(?<=[.;])\s/)
const words = (text: string) => text.split(/\s+/).length

test.each(table.map(([name, { help }]) => [name, help] as const))(
  'the help of %s is short sentences',
  (_name, help) => {
    expect(help).toMatch(/^[A-Z/].*\.$/)
    for (const sentence of sentences(help)) expect(words(sentence)).toBeLessThanOrEqual(20)
  },
)

test('the paths of the Python program are these', () => {
  const paths = Object.values(compatEndpoints).map(({ method, path }) => `${method} ${path}`)
  expect(paths.toSorted()).toEqual([
    'DELETE /api/config/keys/:key',
    'DELETE /api/logs/errors',
    'DELETE /api/logs/errors/:id',
    'DELETE /api/logs/errors/all',
    'GET /api/config/proxy/cache-stats',
    'GET /api/config/ui/models',
    'GET /api/key-usage-details/:key',
    'GET /api/keys/all',
    'GET /api/keys/status',
    'GET /api/logs/errors',
    'GET /api/logs/errors/:id/details',
    'GET /api/logs/errors/lookup',
    'GET /api/stats/attention-keys',
    'GET /api/stats/details',
    'GET /api/stats/key-details',
    'GET /api/version/check',
    'GET /hf/v1/keys/list',
    'GET /v1/keys/list',
    'POST /api/config/keys/delete-selected',
    'POST /api/config/proxy/check',
    'POST /api/config/proxy/check-all',
    'POST /api/config/proxy/clear-cache',
    'POST /api/keys/pool/maintenance',
    'POST /api/scheduler/start',
    'POST /api/scheduler/stop',
    'POST /auth',
    'POST /gemini/v1beta/reset-all-fail-counts',
    'POST /gemini/v1beta/reset-fail-count/:key',
    'POST /gemini/v1beta/reset-selected-fail-counts',
    'POST /gemini/v1beta/verify-key/:key',
    'POST /gemini/v1beta/verify-selected-keys',
    'POST /v1beta/batch-verify-stateless',
  ])
})

test.each(errorCodes)(
  '%s is snake_case, with a sentence for what happened and one for what to do',
  (code: ErrorCode) => {
    const { sentence } = errors[code]
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/)
    expect(sentence).toMatch(/^[A-Z].*\.$/)
    for (const one of sentences(sentence)) expect(words(one)).toBeLessThanOrEqual(20)
  },
)
