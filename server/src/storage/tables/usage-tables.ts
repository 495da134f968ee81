export type CountColumns = {
  attempts: number
  prompt_tokens: number
  output_tokens: number
  thought_tokens: number
  cached_tokens: number
}

/** Sums of a minute, hour or day, by kind of attempt. */
export type RollupsTable = CountColumns & {
  /** 1 minute, 2 hour, 3 day. */
  span: number
  /** When the span began. */
  at: number
  kind_id: number
  /** The process that wrote it, so that two never change the same row; 0 for the sum of all. */
  writer: number
  /** First attempts: how many requests there were. */
  requests: number
  /** Histograms: see histogram.ts. */
  durations: string
  first_bytes: string
}

/** Sums of each key, by hour and then by day. */
export type KeyRollupsTable = CountColumns & {
  span: number
  at: number
  key_id: number
  kind_id: number
  last_at: number
}

/** US dollars for a million tokens. */
export type PricesTable = {
  model: string
  /** The first moment at which it holds. */
  since: number
  prompt: number
  output: number
  cached: number
  /** Where the prices are from, and when they were read. */
  source: string
}
