import type { ModelName } from '../models/model-name.ts'
import {
  configToAdd,
  isImage,
  safetyToAdd,
  toolsToAdd,
  type AdditionSettings,
  type Asked,
} from './additions.ts'
import { applyEdits, type Edit } from './body-edits.ts'
import { contentEdits } from './content-edits.ts'
import type { Range } from './json-scanner.ts'
import { surveyJson, type Survey } from './json-survey.ts'
import { toolSchemaEdits } from './tool-schemas.ts'
import {
  appendElements,
  isNull,
  lastMember,
  replaceBy,
  setMembers,
  setMembersInside,
} from './member-edits.ts'

export type PrepareSettings = AdditionSettings

export type Prepared = {
  /** The body as pieces; the client's own buffer, alone, when nothing had to change. */
  readonly body: readonly Buffer[]
  readonly estimatedInputTokens: number
  /** Whether the request names a file, a cache or another resource of one project. */
  readonly usesResource: boolean
  /** What stays the same through all turns of one conversation: bytes of its instruction and its first content. */
  readonly opening: readonly Buffer[]
}

export type PrepareInput = {
  readonly body: Buffer
  readonly model: ModelName
  readonly requested: string
  readonly settings: PrepareSettings
  /** Whether tools may be declared in words that Google does not take; those that we write ourselves never are. */
  readonly cleansSchemas?: boolean
}

/** A generateContent body with what the model's name and the settings add to it. Throws MalformedJson. */
export function prepareGenerate(input: PrepareInput): Prepared {
  const survey = surveyJson(input.body)
  return {
    body: applyEdits(input.body, editsFor(input, survey)),
    estimatedInputTokens: estimateTokens(input.body.length, survey),
    usesResource: usesResource(input.body, survey),
    opening: openingOf(input.body, survey),
  }
}

/** Text costs about a token in four bytes; a picture or a sound, whatever its bytes, some hundreds. */
export function estimateTokens(
  bodyLength: number,
  { inlineBytes, inlineCount }: Pick<Survey, 'inlineBytes' | 'inlineCount'>,
): number {
  return Math.ceil((bodyLength - inlineBytes) / 4) + inlineCount * 260
}

function editsFor(input: PrepareInput, survey: Survey): Edit[] {
  const { body, model, requested, settings } = input
  const asked = askedOf(input, survey)
  const place = (name: string) => lastMember(survey.members, name)?.value
  const edits: Edit[] = []
  const absent: Record<string, unknown> = {}

  const contents = place('contents')
  if (contents !== undefined) edits.push(...contentEdits(body, contents, survey.contents))

  const safety = safetyToAdd(model, settings)
  const ownSafety = place('safetySettings')
  const hasSafety = ownSafety !== undefined && !isNull(body, ownSafety)
  if (safety.length > 0 && !hasSafety) absent['safetySettings'] = safety

  const config = configToAdd(asked, settings)
  const ownConfig = place('generationConfig')
  if (ownConfig !== undefined) edits.push(...setMembersInside(body, ownConfig, config))
  else if (Object.keys(config).length > 0) absent['generationConfig'] = config

  const tools = toolsToAdd(asked, settings)
  const ownTools = place('tools')
  if (ownTools !== undefined) {
    const cleaned = input.cleansSchemas ? toolSchemaEdits(body, ownTools) : []
    // Nothing is added beside functions, so these never meet.
    edits.push(...(cleaned.length > 0 ? cleaned : appendElements(body, ownTools, tools)))
  } else if (tools.length > 0) absent['tools'] = tools

  const instruction = place('systemInstruction')
  if (instruction !== undefined && isImage(asked)) edits.push(replaceBy(instruction, null))

  const named = place('model')
  if (named !== undefined && model.base !== requested) {
    edits.push(replaceBy(named, `models/${model.base}`))
  }
  const top = { range: survey.object, members: survey.members }
  edits.push(...setMembers(top, absent))
  return edits
}

function askedOf({ body, model, requested }: PrepareInput, survey: Survey): Asked {
  const parse = (name: string): unknown => {
    const range = lastMember(survey.members, name)?.value
    return range === undefined
      ? undefined
      : JSON.parse(body.toString('utf8', range.start, range.end))
  }
  return {
    model,
    requested,
    generationConfig: once(() => fieldsOf(parse('generationConfig'))),
    tools: once(() => [parse('tools')].flat().map(fieldsOf)),
    hasFunctionCall: survey.hasFunctionCall,
    hasInlineData: survey.hasInlineData,
    hasCachedContent: isPresent(body, lastMember(survey.members, 'cachedContent')?.value),
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

function isPresent(body: Buffer, range: Range | undefined): boolean {
  return range !== undefined && !isNull(body, range)
}

function usesResource(body: Buffer, { members, hasFileData }: Survey): boolean {
  if (hasFileData) return true
  const has = (name: string) => isPresent(body, lastMember(members, name)?.value)
  if (has('cachedContent') || has('continuationToken')) return true
  const tools = lastMember(members, 'tools')?.value
  return tools !== undefined && body.subarray(tools.start, tools.end).includes('fileSearchStores/')
}

/** Enough to tell conversations apart that begin with the same long instruction, and cheap to hash. */
const openingBytes = 256

function openingOf(body: Buffer, { members, contents }: Survey): Buffer[] {
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
