import { expect, test } from 'vitest'
import { z } from 'zod'
import { errorCodesOf, type Endpoint } from './endpoints/endpoint.ts'
import { endpoints } from './endpoints/endpoints.ts'
import { errors } from './errors.ts'
import { openApiDocument } from './openapi.ts'

const operation = z
  .object({
    operationId: z.string(),
    parameters: z.array(z.object({ name: z.string(), in: z.string() }).loose()).default([]),
    requestBody: z.object({}).loose().optional(),
    responses: z.record(z.string(), z.object({ description: z.string() }).loose()),
    security: z.array(z.unknown()).optional(),
  })
  .loose()
const shape = z.object({
  openapi: z.literal('3.1.0'),
  paths: z.record(z.string(), z.record(z.string(), operation)),
})

const { paths } = shape.parse(openApiDocument(endpoints, '1.2.3'))
const table: readonly (readonly [string, Endpoint])[] = Object.entries(endpoints)

test('every endpoint is an operation, and every operation an endpoint', () => {
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => `${operationId} ${method} ${path}`),
  )
  const declared = table.map(
    ([name, { method, path }]) =>
      `${name} ${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`,
  )
  expect(documented.toSorted()).toEqual(declared.toSorted())
})

test.each(table)('%s declares what stands in its path', (name, { method, path }) => {
  const written = path.replaceAll(/:(\w+)/g, '{$1}')
  const { parameters, responses, security } = operation.parse(
    paths[written]?.[method.toLowerCase()],
  )
  const declared = parameters.filter((one) => one.in === 'path').map((one) => `:${one.name}`)
  expect(declared).toEqual(path.match(/:\w+/g) ?? [])
  const isPublic = table.find(([one]) => one === name)?.[1].isPublic === true
  expect(security).toEqual(isPublic ? [] : undefined)
  expect(Object.keys(responses).length).toBeGreaterThan(0)
})

test.each(table)('%s names each of its errors with its sentence', (_name, endpoint) => {
  const written = endpoint.path.replaceAll(/:(\w+)/g, '{$1}')
  const { responses } = operation.parse(paths[written]?.[endpoint.method.toLowerCase()])
  for (const code of errorCodesOf(endpoint)) {
    const { status, sentence } = errors[code]
    expect(responses[status]?.description).toContain(`${code}: ${sentence}`)
  }
})

test('inputs are query of a GET and body of the rest', () => {
  const list = paths['/api/keys']?.['get']
  expect(list?.parameters.map((one) => one.name)).toEqual(expect.arrayContaining(['page', 'limit']))
  expect(list?.requestBody).toBeUndefined()
  const change = paths['/api/keys/{id}']?.['patch']
  expect(change?.parameters.map((one) => one.name)).toEqual(['id'])
  expect(JSON.stringify(change?.requestBody)).toContain('"weight"')
  expect(paths['/api/jobs/{id}/cancel']?.['post']?.requestBody).toBeUndefined()
})
