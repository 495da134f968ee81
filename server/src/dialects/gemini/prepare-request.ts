import type { ModelName } from '../../models/model-name.ts'
import {
  configToAdd,
  isImage,
  safetyToAdd,
  toolsToAdd,
  type AdditionSettings,
  type Asked,
} from './additions.ts'
import { applyEdits, textPiece, type Edit } from './body-edits.ts'
import type { Range } from './json-scanner.ts'
import { surveyJson, type Content, type Member, type Survey } from './json-survey.ts'

export type PrepareSettings = AdditionSettings

export type Prepared = {
  /** The body as pieces; the client's own buffer, alone, when nothing had to change. */
  readonly body: readonly Buffer[]
  readonly estimatedInputTokens: number
  /** Whether the request names a file or a cache of one project. */
  readonly usesResource: boolean
  /** What stays the same through all turns of one conversation: the bytes of its instruction and its first content. */
  readonly opening: readonly Buffer[]
}

export type PrepareInput = {
  readonly body: Buffer
  readonly model: ModelName
  readonly requested: string
  readonly settings: PrepareSettings
}

/** A generateContent body with what the model's name and the settings add to it. Throws MalformedJson. */
export function prepareGenerate(input: PrepareInput): Prepared {
  const survey = surveyJson(input.body)
  const reader = readerOf(input.body, survey)
  return {
    body: applyEdits(input.body, editsFor(input, survey, reader)),
    estimatedInputTokens: estimateTokens(input.body.length, survey),
    usesResource: survey.hasFileData || reader.member('cachedContent') !== undefined,
    opening: openingOf(input.body, survey, reader),
  }
}

/** Text costs about a token in four bytes; a picture or a sound, whatever its bytes, some hundreds. */
export function estimateTokens(
  bodyLength: number,
  { inlineBytes, inlineCount }: Pick<Survey, 'inlineBytes' | 'inlineCount'>,
): number {
  return Math.ceil((bodyLength - inlineBytes) / 4) + inlineCount * 260
}

type Reader = {
  member(name: string): Member | undefined
  value(name: string): unknown
}

function readerOf(body: Buffer, { members }: Survey): Reader {
  // The last of several members of one name is the one that counts, for Google as for JSON.parse.
  const member = (name: string) => members.findLast((one) => one.name === name)
  return {
    member,
    value(name) {
      const found = member(name)
      if (found === undefined) return undefined
      const value: unknown = JSON.parse(body.toString('utf8', found.value.start, found.value.end))
      return value ?? undefined
    },
  }
}

function editsFor(input: PrepareInput, survey: Survey, reader: Reader): Edit[] {
  const { settings, model } = input
  const tools = reader.value('tools')
  const asked: Asked = {
    model,
    requested: input.requested,
    generationConfig: recordOf(reader.value('generationConfig')),
    tools: (Array.isArray(tools) ? tools : [tools]).map(recordOf),
    hasFunctionCall: survey.hasFunctionCall,
    hasInlineData: survey.hasInlineData,
  }
  const absent: [string, unknown][] = []
  const edits: Edit[] = [...contentEdits(input.body, survey, reader)]

  if (reader.member('safetySettings') === undefined) {
    const safety = safetyToAdd(model, settings)
    if (safety.length > 0) absent.push(['safetySettings', safety])
  }
  const config = configToAdd(asked, settings)
  if (Object.keys(config).length > 0) {
    const place = reader.member('generationConfig')
    if (isObjectAt(input.body, place?.value))
      edits.push(
        insertMembers(place.value, Object.keys(asked.generationConfig).length === 0, config),
      )
    else if (place === undefined) absent.push(['generationConfig', config])
    else edits.push(replace(place.value, JSON.stringify(config)))
  }
  const added = toolsToAdd(asked, settings)
  if (added.length > 0) {
    const place = reader.member('tools')
    const own = Array.isArray(tools) ? tools : tools === undefined ? [] : [tools]
    if (place === undefined) absent.push(['tools', added])
    else edits.push(replace(place.value, JSON.stringify([...own, ...added])))
  }
  if (isImage(asked)) {
    const place = reader.member('systemInstruction')
    if (place !== undefined) edits.push(replace(place.value, 'null'))
  }
  const named = reader.member('model')
  if (named !== undefined && model.base !== input.requested) {
    edits.push(replace(named.value, JSON.stringify(`models/${model.base}`)))
  }
  if (absent.length > 0)
    edits.push(
      insertMembers(survey.object, survey.members.length === 0, Object.fromEntries(absent)),
    )
  return edits
}

/** Takes out parts that are empty and contents without parts: Google refuses both. What would leave nothing is left alone. */
function contentEdits(body: Buffer, { contents }: Survey, reader: Reader): Edit[] {
  const place = reader.member('contents')
  const kept = contents.filter(({ isEmpty }) => !isEmpty)
  if (place === undefined || kept.length === 0) return []
  if (kept.length < contents.length) {
    const pieces = kept.flatMap((content) => withoutEmptyParts(body, content))
    return [{ ...place.value, pieces: joined(pieces) }]
  }
  return kept.flatMap(({ parts, partsRange }) =>
    partsRange !== undefined && parts.some(({ isEmpty }) => isEmpty)
      ? [{ ...partsRange, pieces: joined(fullParts(body, parts)) }]
      : [],
  )
}

function withoutEmptyParts(body: Buffer, content: Content): Buffer[] {
  const { parts, partsRange, start, end } = content
  if (partsRange === undefined || !parts.some(({ isEmpty }) => isEmpty)) {
    return [body.subarray(start, end)]
  }
  const inner = joined(fullParts(body, parts))
  return [
    Buffer.concat([
      body.subarray(start, partsRange.start),
      ...inner,
      body.subarray(partsRange.end, end),
    ]),
  ]
}

function fullParts(body: Buffer, parts: Content['parts']): Buffer[] {
  return parts.filter(({ isEmpty }) => !isEmpty).map(({ start, end }) => body.subarray(start, end))
}

const comma = Buffer.from(',')

function joined(elements: readonly Buffer[]): Buffer[] {
  const between = elements.flatMap((element, index) => (index === 0 ? [element] : [comma, element]))
  return [Buffer.from('['), ...between, Buffer.from(']')]
}

function insertMembers(
  object: Range,
  isEmpty: boolean,
  members: Readonly<Record<string, unknown>>,
): Edit {
  const text = JSON.stringify(members).slice(1, -1)
  const at = object.start + 1
  return { start: at, end: at, pieces: textPiece(isEmpty ? text : `${text},`) }
}

const replace = (range: Range, text: string): Edit => ({ ...range, pieces: textPiece(text) })

function isObjectAt(body: Buffer, range: Range | undefined): range is Range {
  return range !== undefined && body[range.start] === 0x7b
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

function openingOf(body: Buffer, { contents }: Survey, reader: Reader): Buffer[] {
  const instruction = reader.member('systemInstruction')?.value
  return [instruction, contents[0]].flatMap((range) =>
    range === undefined
      ? []
      : [body.subarray(range.start, Math.min(range.end, range.start + 4096))],
  )
}
