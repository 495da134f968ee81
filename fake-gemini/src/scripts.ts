/** A fixed answer for matching calls. */
export type ScriptRule = {
  method?: string
  /** The exact path without query, or a regular expression that starts with `^`. */
  path?: string
  key?: string
  /** Number of calls to answer. Default: all. */
  times?: number
  status?: number
  headers?: Record<string, string>
  /** Sent as UTF-8. */
  body?: string
  bodyBase64?: string
  /** Byte offsets at which the body is split into separate writes. */
  splitAt?: readonly number[]
  chunkDelayMs?: number
  /** Destroy the socket after this many bytes of the body. */
  cutAfterBytes?: number
  delayMs?: number
  /** Never answer. */
  hang?: boolean
}

export type Scripts = {
  add(rule: ScriptRule): void
  clear(): void
  /** The matching rule that was added first. */
  take(call: { method: string; path: string; key: string | undefined }): ScriptRule | undefined
}

type Entry = { rule: ScriptRule; pattern: RegExp | undefined; left: number }

export function createScripts(): Scripts {
  let entries: Entry[] = []
  return {
    add: (rule) => {
      const pattern = rule.path?.startsWith('^') ? new RegExp(rule.path) : undefined
      entries.push({ rule, pattern, left: rule.times ?? Infinity })
    },
    clear: () => {
      entries = []
    },
    take: (call) => {
      const entry = entries.find(({ rule, pattern, left }) => {
        if (left <= 0 || (rule.method !== undefined && rule.method !== call.method)) return false
        if (rule.key !== undefined && rule.key !== call.key) return false
        if (pattern) return pattern.test(call.path)
        return rule.path === undefined || rule.path === call.path
      })
      if (!entry) return undefined
      entry.left -= 1
      if (entry.left <= 0) entries = entries.filter((other) => other !== entry)
      return entry.rule
    },
  }
}
