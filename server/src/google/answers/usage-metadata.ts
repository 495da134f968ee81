import { isObject, parseJson, type JsonObject } from '../../runtime/json-value.ts'

/** Google's token counts; absent ones are 0. */
export type Usage = {
  readonly prompt: number
  readonly output: number
  readonly thoughts: number
  readonly cached: number
  readonly toolUse: number
  readonly total: number
}

/** The usage object of an API: the name that marks it, and how to read it. */
type UsageFormat = {
  readonly marker: string
  readonly read: (found: JsonObject) => Usage
}

/** The last `usageMetadata` in the bytes of an answer, which may be cut. In streams, each chunk repeats the totals so far. */
export function readUsage(bytes: Buffer): Usage | undefined {
  return findUsage(bytes, { marker: '"usageMetadata"', read: readMetadata })
}

/** The last `usage` that is not null in an answer of Google's OpenAI endpoint. */
export function readOpenAiUsage(bytes: Buffer): Usage | undefined {
  return findUsage(bytes, { marker: '"usage"', read: readOpenAi })
}

function findUsage(bytes: Buffer, format: UsageFormat): Usage | undefined {
  const { marker, read } = format
  const start = bytes.lastIndexOf(marker)
  if (start === -1) return undefined
  const open = bytes.indexOf('{', start + marker.length)
  const isMember = /^\s*:\s*$/.test(bytes.toString('latin1', start + marker.length, open))
  if (open !== -1 && !isMember) return findUsage(bytes.subarray(0, start), format)
  const end = open === -1 ? -1 : endOfObject(bytes, open)
  if (end === -1) return undefined
  const found = parseJson(bytes.toString('utf8', open, end))
  return isObject(found) ? read(found) : undefined
}

/** Offset after the object. Counts braces only, because no string in a usage object contains one. */
function endOfObject(bytes: Buffer, open: number): number {
  let depth = 0
  for (let at = open; at < bytes.length; at += 1) {
    if (bytes[at] === 0x7b) depth += 1
    if (bytes[at] === 0x7d) depth -= 1
    if (depth === 0) return at + 1
  }
  return -1
}

export function usageOf(metadata: unknown): Usage | undefined {
  return isObject(metadata) ? readMetadata(metadata) : undefined
}

export function openAiUsageOf(usage: unknown): Usage | undefined {
  return isObject(usage) ? readOpenAi(usage) : undefined
}

function readMetadata(usage: JsonObject): Usage {
  return {
    prompt: count(usage['promptTokenCount']),
    output: count(usage['candidatesTokenCount']),
    thoughts: count(usage['thoughtsTokenCount']),
    cached: count(usage['cachedContentTokenCount']),
    toolUse: count(usage['toolUsePromptTokenCount']),
    total: count(usage['totalTokenCount']),
  }
}

/** Google includes thoughts only in the total, so they are the difference to the sum. */
function readOpenAi(usage: JsonObject): Usage {
  const prompt = count(usage['prompt_tokens'])
  const output = count(usage['completion_tokens'])
  const total = count(usage['total_tokens'])
  return {
    prompt,
    output,
    thoughts: Math.max(0, total - prompt - output),
    cached: count(Object(usage['prompt_tokens_details']).cached_tokens),
    toolUse: 0,
    total,
  }
}

const count = (value: unknown) => (typeof value === 'number' ? value : 0)
