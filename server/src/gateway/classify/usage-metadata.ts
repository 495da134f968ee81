/** What Google counted, in tokens; what it did not mention is 0. */
export type Usage = {
  readonly prompt: number
  readonly output: number
  readonly thoughts: number
  readonly cached: number
  readonly toolUse: number
  readonly total: number
}

const marker = '"usageMetadata"'

/**
 * The last `usageMetadata` in these bytes of an answer, complete or cut, pretty-printed or not. Every chunk of a stream repeats the
 * running totals, so the last one stands for all. Undefined where there is none to read.
 */
export function readUsage(bytes: Buffer): Usage | undefined {
  const start = bytes.lastIndexOf(marker)
  if (start === -1) return undefined
  const open = bytes.indexOf('{', start + marker.length)
  const end = open === -1 ? -1 : endOfObject(bytes, open)
  if (end === -1) return undefined
  try {
    return usageOf(JSON.parse(bytes.toString('utf8', open, end)))
  } catch {
    // Cut in the middle, or no JSON at all: then there is no usage to read.
    return undefined
  }
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
  if (typeof metadata !== 'object' || metadata === null) return undefined
  const read: Readonly<Record<string, unknown>> = { ...metadata }
  const count = (name: string) => {
    const value = read[name]
    return typeof value === 'number' ? value : 0
  }
  return {
    prompt: count('promptTokenCount'),
    output: count('candidatesTokenCount'),
    thoughts: count('thoughtsTokenCount'),
    cached: count('cachedContentTokenCount'),
    toolUse: count('toolUsePromptTokenCount'),
    total: count('totalTokenCount'),
  }
}
