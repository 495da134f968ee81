// Extracts from the official protos the messages that the served requests can contain.
//   node --import tsx scripts/extract-schema.ts [--if-stale | --check]
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

type ProtoField = {
  type: string
  rule?: string
  keyType?: string
  options?: Readonly<Record<string, unknown>>
}
type ProtoNode = {
  nested?: Readonly<Record<string, ProtoNode>>
  fields?: Readonly<Record<string, ProtoField>>
  oneofs?: Readonly<Record<string, { oneof: readonly string[] }>>
  values?: Readonly<Record<string, number>>
}
type ExtractedSchema = {
  source: string
  /** message → field → type, with `[]` for lists and `map:` for maps. */
  messages: Record<string, Record<string, string>>
  enums: Record<string, readonly string[]>
  oneofs: Record<string, Record<string, readonly string[]>>
  /** message → field → JSON name, if it is not the camel-case field name. */
  jsonNames: Record<string, Record<string, string>>
}

const roots = [
  'GenerateContentRequest',
  'CountTokensRequest',
  'EmbedContentRequest',
  'BatchEmbedContentsRequest',
  'CreateFileRequest',
]
const home = 'google.ai.generativelanguage.v1beta'
const short = (path: string): string => path.replace(`${home}.`, '')
const scalars = new Set(['string', 'bool', 'bytes', 'int32', 'int64', 'float', 'double'])
const opaque = /^google\.protobuf\./

const output = fileURLToPath(new URL('../src/schema/generative-language.json', import.meta.url))
const require = createRequire(import.meta.url)
// The package does not export its manifest, so the folder is found from its entry.
const packageFolder = (() => {
  let folder = dirname(require.resolve('@google-ai/generativelanguage'))
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder
})()
const input = join(packageFolder, 'build/protos/protos.json')

function find(root: ProtoNode, path: string): ProtoNode | undefined {
  return path.split('.').reduce<ProtoNode | undefined>((node, name) => node?.nested?.[name], root)
}

/** Resolves a name as protobuf does: from the innermost scope outward. */
function resolve(root: ProtoNode, scope: string, name: string): string {
  const scopes = scope.split('.')
  for (let depth = scopes.length; depth >= 0; depth -= 1) {
    const path = [...scopes.slice(0, depth), name].join('.')
    if (find(root, path)) return path
  }
  throw new Error(`Cannot resolve ${name} from ${scope}.`)
}

function extractSchema(root: ProtoNode, source: string): ExtractedSchema {
  const result: ExtractedSchema = { source, messages: {}, enums: {}, oneofs: {}, jsonNames: {} }
  const waiting = roots.map((name) => `${home}.${name}`)

  function typeOf(scope: string, field: ProtoField): string {
    if (scalars.has(field.type) || opaque.test(field.type)) return field.type
    const path = resolve(root, scope, field.type)
    waiting.push(path)
    return short(path)
  }

  function visit(path: string): void {
    const name = short(path)
    const node = find(root, path)
    if (!node || result.messages[name] || result.enums[name]) return
    if (node.values) {
      result.enums[name] = Object.keys(node.values)
      return
    }
    const fields: Record<string, string> = {}
    result.messages[name] = fields
    for (const [fieldName, field] of Object.entries(node.fields ?? {})) {
      const type = typeOf(path, field)
      fields[fieldName] = field.keyType
        ? `map:${type}`
        : `${type}${field.rule === 'repeated' ? '[]' : ''}`
      const jsonName = field.options?.['json_name']
      if (typeof jsonName === 'string') (result.jsonNames[name] ??= {})[fieldName] = jsonName
    }
    // A oneof with one member only marks the field as optional.
    const choices = Object.entries(node.oneofs ?? {}).filter(([, { oneof }]) => oneof.length > 1)
    if (choices.length === 0) return
    result.oneofs[name] = Object.fromEntries(choices.map(([key, { oneof }]) => [key, oneof]))
  }

  for (let next = waiting.shift(); next; next = waiting.shift()) visit(next)
  return result
}

function text(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(join(packageFolder, 'package.json'), 'utf8'),
  )
  const root: ProtoNode = JSON.parse(readFileSync(input, 'utf8'))
  const extracted = extractSchema(root, `@google-ai/generativelanguage ${manifest.version}`)
  return `${JSON.stringify(extracted, undefined, 1)}\n`
}

function isUpToDate(): boolean {
  if (!existsSync(output)) return false
  const written = statSync(output).mtimeMs
  return [input, fileURLToPath(import.meta.url)].every((path) => statSync(path).mtimeMs <= written)
}

if (process.argv.includes('--check')) {
  if (!existsSync(output) || readFileSync(output, 'utf8') !== text()) {
    console.error('generative-language.json is stale. Run `npm run build -w fake-gemini`.')
    process.exitCode = 1
  }
} else if (!process.argv.includes('--if-stale') || !isUpToDate()) {
  writeFileSync(output, text())
}
