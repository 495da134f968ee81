import { z } from 'zod'
import { errorCodesOf, type Endpoint } from './endpoints/endpoint.ts'
import { errorCodes, errors } from './errors.ts'

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
    responses: { ...answers(endpoint), ...failures(endpoint) },
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

/** An input that is not an object of fields, such as a map of settings, is the whole body. */
const hasBody = ({ input }: Endpoint, others: readonly Field[]) =>
  others.length > 0 || !(input instanceof z.ZodObject)

function body({ input, path }: Endpoint): Json {
  const type = path === '/auth' ? 'application/x-www-form-urlencoded' : 'application/json'
  return { content: { [type]: { schema: schemaOf(input, 'input') } } }
}

function answers({ answer, path }: Endpoint): Json {
  if (path === '/auth') return { 302: { description: 'To /keys, or back to the login.' } }
  if (path === '/api/events') {
    return { 200: { description: 'Events as they happen.', content: { 'text/event-stream': {} } } }
  }
  if (answer instanceof z.ZodNever) return {}
  const content = { 'application/json': { schema: schemaOf(answer, 'output') } }
  return { 200: { description: 'Done.', content } }
}

/** The errors of an endpoint by status, each code with its sentence. */
function failures(endpoint: Endpoint): Json {
  const descriptions = new Map<number, string[]>()
  for (const code of errorCodesOf(endpoint)) {
    const { status, sentence } = errors[code]
    descriptions.set(status, [...(descriptions.get(status) ?? []), `${code}: ${sentence}`])
  }
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } }
  return Object.fromEntries(
    [...descriptions].map(([status, lines]) => [status, { description: lines.join(' '), content }]),
  )
}

const problem = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: { code: { type: 'string', enum: errorCodes }, message: { type: 'string' } },
    },
    problems: {
      description: 'Of invalid_input: the fields.',
      type: 'array',
      items: {
        type: 'object',
        required: ['problem'],
        properties: {
          field: { type: 'string' },
          setting: { type: 'string' },
          problem: { type: 'string' },
        },
      },
    },
  },
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  // Transforms have no JSON Schema.
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
