import { objectOf, type JsonObject } from '../../runtime/json-value.ts'
import type { ModelName } from '../models/model-name.ts'
import {
  configToAdd,
  isImage,
  safetyToAdd,
  toolsToAdd,
  type AdditionSettings,
  type RequestFacts,
} from './additions.ts'
import { indexBody, lastMember, type BodyIndex } from './json/body-index.ts'
import {
  appendElements,
  applyEdits,
  isNull,
  replaceBy,
  setMembers,
  setMembersInside,
  type Edit,
} from './json/edits.ts'
import type { Range } from './json/json-scanner.ts'
import { tidyContents } from './json/tidy-contents.ts'
import { repairedResponseSchema } from './schema/response-schema.ts'
import { toolSchemaEdits } from './schema/tool-schemas.ts'

export type PrepareSettings = AdditionSettings

export type Prepared = {
  /** The body as pieces; only the client's own buffer when nothing changes. */
  readonly body: readonly Buffer[]
  readonly estimatedInputTokens: number
  /** Whether the request names a file, a cache or another resource of one project. */
  readonly usesResource: boolean
  /** Bytes that stay the same in all turns of a conversation: from its instruction and its first content. */
  readonly opening: readonly Buffer[]
}

export type PrepareInput = {
  readonly body: Buffer
  readonly model: ModelName
  readonly requested: string
  readonly settings: PrepareSettings
  /** Whether to convert schemas that Google refuses; translated requests never have them. */
  readonly cleansSchemas?: boolean
}

/** Adds to a generateContent body what the model's name and the settings require. Throws MalformedJson. */
export function prepareGenerate(input: PrepareInput): Prepared {
  const index = indexBody(input.body)
  return {
    body: applyEdits(input.body, editsFor(input, index)),
    estimatedInputTokens: estimateTokens(input.body.length, index),
    usesResource: usesResource(input.body, index),
    opening: openingOf(input.body, index),
  }
}

/** About four bytes a token for text, and 260 tokens for each image or sound of any size. */
function estimateTokens(bodyLength: number, { inlineBytes, inlineCount }: BodyIndex): number {
  return Math.ceil((bodyLength - inlineBytes) / 4) + inlineCount * 260
}

function editsFor(input: PrepareInput, index: BodyIndex): Edit[] {
  const { body, model, requested, settings } = input
  const facts = factsOf(input, index)
  const rangeOf = (name: string) => lastMember(index.members, name)?.value
  const contents = rangeOf('contents')
  const edits: Edit[] = contents === undefined ? [] : tidyContents(body, contents, index.contents)
  const absent: Record<string, unknown> = {}

  const safety = safetyToAdd(model, settings)
  const clientSafety = rangeOf('safetySettings')
  const hasSafety = clientSafety !== undefined && !isNull(body, clientSafety)
  if (safety.length > 0 && !hasSafety) absent['safetySettings'] = safety

  const config = configToAdd(facts, settings)
  const clientConfig = rangeOf('generationConfig')
  if (input.cleansSchemas && clientConfig !== undefined && namesSchema(body, clientConfig)) {
    Object.assign(config, repairedResponseSchema(facts.generationConfig(), model.base))
  }
  if (clientConfig !== undefined) edits.push(...setMembersInside(body, clientConfig, config))
  else if (Object.keys(config).length > 0) absent['generationConfig'] = config

  const tools = toolsToAdd(facts, settings)
  const clientTools = rangeOf('tools')
  if (clientTools !== undefined) {
    const cleaned = input.cleansSchemas ? toolSchemaEdits(body, clientTools, model.base) : []
    // Never both: requests with functions get no tools added.
    edits.push(...(cleaned.length > 0 ? cleaned : appendElements(body, clientTools, tools)))
  } else if (tools.length > 0) absent['tools'] = tools

  const instruction = rangeOf('systemInstruction')
  if (instruction !== undefined && isImage(facts)) edits.push(replaceBy(instruction, null))

  const named = rangeOf('model')
  if (named !== undefined && model.base !== requested) {
    edits.push(replaceBy(named, `models/${model.base}`))
  }
  edits.push(...setMembers(index.object, index.members, absent))
  return edits
}

const schemaNames = ['"responseSchema"', '"response_schema"'].map((name) => Buffer.from(name))

function namesSchema(body: Buffer, { start, end }: Range): boolean {
  const bytes = body.subarray(start, end)
  return schemaNames.some((name) => bytes.includes(name))
}

function factsOf({ body, model, requested }: PrepareInput, index: BodyIndex): RequestFacts {
  const parse = (name: string): unknown => {
    const range = lastMember(index.members, name)?.value
    return range === undefined
      ? undefined
      : JSON.parse(body.toString('utf8', range.start, range.end))
  }
  return {
    model,
    requested,
    generationConfig: once(() => fieldsOf(parse('generationConfig'))),
    tools: once(() => [parse('tools')].flat().map(fieldsOf)),
    hasFunctionCall: index.hasFunctionCall,
    hasInlineData: index.hasInlineData,
    hasCachedContent: isPresent(body, lastMember(index.members, 'cachedContent')?.value),
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}

const fieldsOf = (value: unknown): JsonObject => objectOf(value) ?? {}

function isPresent(body: Buffer, range: Range | undefined): boolean {
  return range !== undefined && !isNull(body, range)
}

function usesResource(body: Buffer, { members, hasFileData }: BodyIndex): boolean {
  if (hasFileData) return true
  const has = (name: string) => isPresent(body, lastMember(members, name)?.value)
  if (has('cachedContent') || has('continuationToken')) return true
  const tools = lastMember(members, 'tools')?.value
  return tools !== undefined && body.subarray(tools.start, tools.end).includes('fileSearchStores/')
}

/** Taken from both ends, so that conversations with the same long beginning still differ. */
const openingBytes = 256

function openingOf(body: Buffer, { members, contents }: BodyIndex): Buffer[] {
  const instruction = lastMember(members, 'systemInstruction')?.value
  const opening: Buffer[] = []
  for (const range of [instruction, contents[0]]) {
    if (range === undefined) continue
    const { start, end } = range
    if (end - start <= 2 * openingBytes) opening.push(body.subarray(start, end))
    else {
      opening.push(body.subarray(start, start + openingBytes))
      opening.push(body.subarray(end - openingBytes, end))
    }
  }
  return opening
}
