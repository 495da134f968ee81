import { z } from 'zod'
import type { Endpoint } from './endpoints/endpoint.ts'

type Json = Readonly<Record<string, unknown>>

/** A table of endpoints as an OpenAPI 3.1 document. */
export function openApiDocument(
  endpoints: Readonly<Record<string, Endpoint>>,
  version: string,
): Json {
  const paths: Record<string, Record<string, Json>> = {}
  for (const [name, endpoint] of Object.entries(endpoints)) {
    const path = endpoint.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(name, endpoint) }
  }
  return {
    openapi: '3.1.0',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: { title: 'Gemini Balance admin API', version },
    paths,
    components: {
      securitySchemes: {
        adminToken: { type: 'http', scheme: 'bearer', description: 'AUTH_TOKEN.' },
        session: { type: 'apiKey', in: 'cookie', name: 'gemini_balance' },
      },
      schemas: { Problem: problem },
    },
    security: [{ adminToken: [] }, { session: [] }],
  }
}

function operation(name: string, endpoint: Endpoint): Json {
  const { method, help, isPublic } = endpoint
  const { inPath, others } = fieldsOf(endpoint)
  const inAddress = [
    ...inPath.map((field) => parameter(field, 'path')),
    ...(method === 'GET' ? others.map((field) => parameter(field, 'query')) : []),
  ]
  return {
    operationId: name,
    summary: help,
    ...(isPublic === true ? { security: [] } : {}),
    ...(inAddress.length === 0 ? {} : { parameters: inAddress }),
    ...(method === 'GET' || !hasBody(endpoint, others) ? {} : { requestBody: body(endpoint) }),
    responses: { ...answers(endpoint), ...refusals(endpoint) },
  }
}

type Field = { readonly name: string; readonly schema: unknown; readonly isRequired: boolean }

/** The members of an input that is an object. */
function fieldsOf({ path, input }: Endpoint): { inPath: Field[]; others: Field[] } {
  const { properties, required } = schemaOf(input, 'input')
  const names = new Set([...path.matchAll(/:(\w+)/g)].map(([, name]) => name))
  const needed = new Set(Array.isArray(required) ? required : [])
  const fields = Object.entries(isObject(properties) ? properties : {}).map(([name, schema]) => ({
    name,
    schema,
    isRequired: needed.has(name),
  }))
  return {
    inPath: fields.filter(({ name }) => names.has(name)),
    others: fields.filter(({ name }) => !names.has(name)),
  }
}

const parameter = ({ name, schema, isRequired }: Field, place: 'path' | 'query') => ({
  name,
  in: place,
  required: place === 'path' || isRequired,
  schema,
})

/** Inputs that are no plain object of fields, such as a map of settings, are all body. */
const hasBody = ({ input }: Endpoint, others: readonly Field[]) =>
  others.length > 0 || !(input instanceof z.ZodObject)

function body({ input, path }: Endpoint): Json {
  const type = path === '/auth' ? 'application/x-www-form-urlencoded' : 'application/json'
  return { content: { [type]: { schema: schemaOf(input, 'input') } } }
}

function answers({ answer, path }: Endpoint): Json {
  if (path === '/auth') return { 302: { description: 'To /keys, or back to the login.' } }
  if (path === '/api/events') {
    return { 200: { description: 'Events as they come.', content: { 'text/event-stream': {} } } }
  }
  if (path.startsWith('/api/scheduler/')) return {}
  const content = { 'application/json': { schema: schemaOf(answer, 'output') } }
  return { 200: { description: 'Done.', content } }
}

/** What each endpoint may say instead. */
function refusals({ method, isPublic, path }: Endpoint): Json {
  return {
    400: refusal('What was sent cannot be used; the field is named.'),
    ...(isPublic === true && path !== '/api/session'
      ? {}
      : { 401: refusal('Neither a session nor the admin token.') }),
    ...(method === 'GET'
      ? {}
      : {
          403: refusal('A page of another origin sent the cookie.'),
          413: refusal('The body is larger than any admin request needs.'),
        }),
    ...(path.includes(':') ? { 404: refusal('There is no such thing.') } : {}),
    ...(path.startsWith('/api/scheduler/') ? { 410: refusal('Gone: settings do this.') } : {}),
    429: refusal('Too many wrong tokens from this address, or too much at once.'),
  }
}

const refusal = (description: string) => ({
  description,
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } },
})

const problem = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: { code: { type: 'string' }, message: { type: 'string' } },
    },
  },
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  // What a value is read with has no JSON Schema; the rest of the shape has.
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
