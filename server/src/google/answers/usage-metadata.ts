import { isObject, parseJson, type JsonObject } from '../../runtime/json-value.ts'

/** What Google counted, in tokens; what it did not mention is 0. */
export type Usage = {
  readonly prompt: number
  readonly output: number
  readonly thoughts: number
  readonly cached: number
  readonly toolUse: number
  readonly total: number
}

/** How a usage is found in an answer, and read. */
type Wording = {
  readonly marker: string
  readonly read: (found: JsonObject) => Usage
}

/**
 * The last `usageMetadata` in these bytes of an answer, complete or cut, pretty-printed or not. Every chunk of a stream repeats the
 * running totals, so the last one stands for all. Undefined where there is none to read.
 */
export function readUsage(bytes: Buffer): Usage | undefined {
  return findUsage(bytes, { marker: '"usageMetadata"', read: readMetadata })
}

/** The last `usage` that is no null, in an answer of Google's OpenAI endpoint. */
export function readOpenAiUsage(bytes: Buffer): Usage | undefined {
  return findUsage(bytes, { marker: '"usage"', read: readOpenAi })
}

function findUsage(bytes: Buffer, wording: Wording): Usage | undefined {
  const { marker, read } = wording
  const start = bytes.lastIndexOf(marker)
  if (start === -1) return undefined
  const open = bytes.indexOf('{', start + marker.length)
  const isIts = /^\s*:\s*$/.test(bytes.toString('latin1', start + marker.length, open))
  if (open !== -1 && !isIts) return findUsage(bytes.subarray(0, start), wording)
  const end = open === -1 ? -1 : endOfObject(bytes, open)
  if (end === -1) return undefined
  const found = parseJson(bytes.toString('utf8', open, end))
  return isObject(found) ? read(found) : undefined
}

/** usageMetadata holds numbers, enums and lists of them: no string in it has a brace. */
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

function readMetadata(read: JsonObject): Usage {
  return {
    prompt: count(read['promptTokenCount']),
    output: count(read['candidatesTokenCount']),
    thoughts: count(read['thoughtsTokenCount']),
    cached: count(read['cachedContentTokenCount']),
    toolUse: count(read['toolUsePromptTokenCount']),
    total: count(read['totalTokenCount']),
  }
}

/** Google counts thoughts in the total only, so what is missing from the sum is theirs. */
function readOpenAi(read: JsonObject): Usage {
  const prompt = count(read['prompt_tokens'])
  const output = count(read['completion_tokens'])
  const total = count(read['total_tokens'])
  return {
    prompt,
    output,
    thoughts: Math.max(0, total - prompt - output),
    cached: count(Object(read['prompt_tokens_details']).cached_tokens),
    toolUse: 0,
    total,
  }
}

const count = (value: unknown) => (typeof value === 'number' ? value : 0)
