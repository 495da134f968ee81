import { readFileSync } from 'node:fs'
import { newerChoices, newerEnums, newerFields } from './newer-fields.ts'

export type Scalar = 'string' | 'bool' | 'bytes' | 'int32' | 'int64' | 'float' | 'double'

export type FieldType =
  | { kind: 'scalar'; scalar: Scalar }
  | { kind: 'enum'; name: string; values: ReadonlySet<string> }
  | { kind: 'message'; message: Message }
  | { kind: 'struct' }
  | { kind: 'any' }

export type Field = {
  /** Camel case; validation renames the field to it. */
  readonly name: string
  /** Name in Google's error texts. */
  readonly path: string
  readonly type: FieldType
  readonly shape: 'one' | 'list' | 'map'
  /** Name of its oneof. */
  readonly choice: string | undefined
}

/** `fields` has an entry for each accepted name: camel case, snake case, JSON name. */
export type Message = { readonly name: string; readonly fields: Map<string, Field> }

type ExtractedSchema = {
  messages: Readonly<Record<string, Readonly<Record<string, string>>>>
  enums: Readonly<Record<string, readonly string[]>>
  oneofs: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
  jsonNames: Readonly<Record<string, Readonly<Record<string, string>>>>
}

const scalars: ReadonlySet<string> = new Set<Scalar>([
  'string',
  'bool',
  'bytes',
  'int32',
  'int64',
  'float',
  'double',
])
const isScalar = (name: string): name is Scalar => scalars.has(name)
const snake = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const extracted: ExtractedSchema = JSON.parse(
  readFileSync(new URL('./generative-language.json', import.meta.url), 'utf8'),
)
const messages = new Map<string, Message>()

function typeNamed(name: string): FieldType {
  if (isScalar(name)) return { kind: 'scalar', scalar: name }
  if (name === 'google.protobuf.Struct') return { kind: 'struct' }
  if (name === 'google.protobuf.Value' || name === 'any') return { kind: 'any' }
  // Timestamps and durations are JSON strings.
  if (name.startsWith('google.protobuf.')) return { kind: 'scalar', scalar: 'string' }
  const values = [...(extracted.enums[name] ?? []), ...(newerEnums[name] ?? [])]
  if (values.length > 0) return { kind: 'enum', name, values: new Set(values) }
  return { kind: 'message', message: messageNamed(name) }
}

function choiceOf(message: string, field: string): string | undefined {
  const all = [extracted.oneofs[message] ?? {}, newerChoices[message] ?? {}]
  return all
    .flatMap((choices) => Object.entries(choices))
    .find(([, members]) => members.includes(field))?.[0]
}

function addField(message: Message, name: string, spec: string): void {
  const list = spec.endsWith('[]')
  const map = spec.startsWith('map:')
  const type = spec.replace(/^map:/, '').replace(/\[\]$/, '')
  const field: Field = {
    name,
    path: snake(name),
    type: typeNamed(type),
    shape: list ? 'list' : map ? 'map' : 'one',
    choice: choiceOf(message.name, name),
  }
  const jsonName = extracted.jsonNames[message.name]?.[name]
  for (const alias of [name, snake(name), jsonName]) {
    if (alias !== undefined) message.fields.set(alias, field)
  }
}

function messageNamed(name: string): Message {
  const known = messages.get(name)
  if (known) return known
  const message: Message = { name, fields: new Map() }
  messages.set(name, message)
  const fields = { ...extracted.messages[name], ...newerFields[name] }
  for (const [field, spec] of Object.entries(fields)) addField(message, field, spec)
  return message
}

export const generateContentRequest = messageNamed('GenerateContentRequest')
export const countTokensRequest = messageNamed('CountTokensRequest')
export const embedContentRequest = messageNamed('EmbedContentRequest')
export const batchEmbedContentsRequest = messageNamed('BatchEmbedContentsRequest')
export const createFileRequest = messageNamed('CreateFileRequest')

// The protos have an unordered field and its ordered successor. Both become `responseJsonSchema`.
const config = messageNamed('GenerationConfig')
const schemaField = config.fields.get('response_json_schema')
if (schemaField) {
  for (const alias of [
    'responseJsonSchema',
    '_responseJsonSchema',
    'response_json_schema_ordered',
  ]) {
    config.fields.set(alias, schemaField)
  }
  config.fields.delete('responseJsonSchemaOrdered')
}
