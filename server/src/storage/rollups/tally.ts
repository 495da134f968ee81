import type { AttemptRow } from '../../telemetry/request-log/attempt-row.ts'
import { addDuration, joinHistograms, type Histogram } from '../../telemetry/usage/histogram.ts'

export type Counts = {
  attempts: number
  promptTokens: number
  outputTokens: number
  thoughtTokens: number
  cachedTokens: number
}

export type KindTally = Counts & {
  requests: number
  readonly durations: Histogram
  readonly firstBytes: Histogram
}

export type KeyTally = Counts & { readonly key: number; readonly kind: number; lastAt: number }

export const emptyTally = (): KindTally => ({
  attempts: 0,
  promptTokens: 0,
  outputTokens: 0,
  thoughtTokens: 0,
  cachedTokens: 0,
  requests: 0,
  durations: new Map(),
  firstBytes: new Map(),
})

const emptyKeyTally = (key: number, kind: number): KeyTally => ({
  attempts: 0,
  promptTokens: 0,
  outputTokens: 0,
  thoughtTokens: 0,
  cachedTokens: 0,
  key,
  kind,
  lastAt: 0,
})

function count(counts: Counts, row: AttemptRow): void {
  counts.attempts += 1
  counts.promptTokens += row.promptTokens ?? 0
  counts.outputTokens += row.outputTokens ?? 0
  counts.thoughtTokens += row.thoughtTokens ?? 0
  counts.cachedTokens += row.cachedTokens ?? 0
}

export function joinTallies(one: KindTally | undefined, other: KindTally): KindTally {
  if (one === undefined) return other
  return {
    attempts: one.attempts + other.attempts,
    requests: one.requests + other.requests,
    promptTokens: one.promptTokens + other.promptTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    thoughtTokens: one.thoughtTokens + other.thoughtTokens,
    cachedTokens: one.cachedTokens + other.cachedTokens,
    durations: joinHistograms(one.durations, other.durations),
    firstBytes: joinHistograms(one.firstBytes, other.firstBytes),
  }
}

/** More than there are kinds, so that a key and a kind make one number. */
const kindsAtMost = 2 ** 24

/** A batch of the log, summed up by kind, and by key and kind. */
export function tallyRows(rows: readonly AttemptRow[], kindIds: readonly number[]) {
  const kinds = new Map<number, KindTally>()
  const keys = new Map<number, KeyTally>()
  for (const [at, row] of rows.entries()) {
    const kind = kindIds[at] ?? 0
    let ofKind = kinds.get(kind)
    if (ofKind === undefined) kinds.set(kind, (ofKind = emptyTally()))
    count(ofKind, row)
    ofKind.requests += Number(row.number === 1)
    addDuration(ofKind.durations, row.durationMs)
    if (row.firstByteMs !== undefined) addDuration(ofKind.firstBytes, row.firstByteMs)
    const place = row.keyId * kindsAtMost + kind
    let ofKey = keys.get(place)
    if (ofKey === undefined) keys.set(place, (ofKey = emptyKeyTally(row.keyId, kind)))
    count(ofKey, row)
    ofKey.lastAt = Math.max(ofKey.lastAt, Math.floor(row.at))
  }
  return { kinds, keys: [...keys.values()] }
}
