import type { BulkTarget } from '../database/bulk-insert.ts'
import type { Schema } from '../database/schema.ts'
import { addHistogram, writeHistogram } from '../../telemetry/usage/histogram.ts'
import { hourMs, spans, startOf } from './spans.ts'
import type { KeyTally, KindTally } from './tally.ts'

const counted = ['attempts', 'prompt_tokens', 'output_tokens', 'thought_tokens', 'cached_tokens']

export const rollupsTarget: BulkTarget = {
  table: 'rollups',
  columns: ['span', 'at', 'kind_id', 'writer', ...counted, 'requests', 'durations', 'first_bytes'],
  onDuplicate: 'replace',
  key: ['span', 'at', 'kind_id', 'writer'],
}

export const keyRollupsTarget: BulkTarget = {
  table: 'key_rollups',
  columns: ['span', 'at', 'key_id', 'kind_id', ...counted, 'last_at'],
  onDuplicate: 'add',
  key: ['span', 'at', 'key_id', 'kind_id'],
  latest: ['last_at'],
}

export type RollupPlace = { readonly span: number; readonly at: number; readonly writer: number }

export function addRow(tally: KindTally, row: Omit<Schema['rollups'], 'span' | 'at'>): void {
  tally.attempts += row.attempts
  tally.promptTokens += row.prompt_tokens
  tally.outputTokens += row.output_tokens
  tally.thoughtTokens += row.thought_tokens
  tally.cachedTokens += row.cached_tokens
  tally.requests += row.requests
  addHistogram(tally.durations, row.durations)
  addHistogram(tally.firstBytes, row.first_bytes)
}

export function rollupValues(tally: KindTally, place: RollupPlace & { kind: number }): unknown[] {
  return [
    place.span,
    place.at,
    place.kind,
    place.writer,
    tally.attempts,
    tally.promptTokens,
    tally.outputTokens,
    tally.thoughtTokens,
    tally.cachedTokens,
    tally.requests,
    writeHistogram(tally.durations),
    writeHistogram(tally.firstBytes),
  ]
}

/** In the order of the table: adjacent rows share a page. */
export function keyRollupValues(tallies: readonly KeyTally[], now: number): unknown[] {
  const hour = startOf(now, hourMs)
  const values: unknown[] = []
  for (const tally of tallies.toSorted(byKey)) {
    values.push(spans.hour, hour, tally.key, tally.kind, tally.attempts, tally.promptTokens)
    values.push(tally.outputTokens, tally.thoughtTokens, tally.cachedTokens, tally.lastAt)
  }
  return values
}

const byKey = (one: KeyTally, other: KeyTally) => one.key - other.key || one.kind - other.kind
