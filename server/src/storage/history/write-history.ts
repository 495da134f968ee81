import { choices, laneStatuses } from '@gemini-balance/contract'
import type { Kysely } from 'kysely'
import { createSerialQueue } from '../../runtime/serial-queue.ts'
import { bulkStatements, type BulkTarget } from '../database/bulk-insert.ts'
import type { Schema } from '../database/schema.ts'
import { runBatch } from '../database/run-batch.ts'
import { createMinuteSums } from '../rollups/minute-sums.ts'
import { tallyRows } from '../rollups/tally.ts'
import { keyRollupsTarget, keyRollupValues, rollupsTarget } from '../rollups/rollup-values.ts'
import { type AttemptRow } from '../../telemetry/request-log/attempt-row.ts'
import { partOf } from './part-of.ts'
import { createIdSource } from './id-source.ts'
import { createLabels } from './labels.ts'
import { createPartIndex, type Numbered } from './part-index.ts'

const shared = ['id', 'part', 'kind_id', 'key_id', 'at', 'request_id']

const attemptsTarget: BulkTarget = {
  table: 'attempts',
  columns: [
    ...shared,
    'project_id',
    'number',
    'duration_ms',
    'first_byte_ms',
    'prompt_tokens',
    'output_tokens',
    'thought_tokens',
    'cached_tokens',
    'choice',
    'trial',
    'ready',
    'key_groups',
    'lane_status',
  ],
}
const errorsTarget: BulkTarget = { table: 'errors', columns: [...shared, 'message'] }
const bodiesTarget: BulkTarget = { table: 'error_bodies', columns: ['id', 'body'] }

/** Writes attempts, their errors and their sums, all or nothing; one batch after the other. */
export type WriteHistory = (rows: readonly AttemptRow[]) => Promise<void>

export function createHistoryWriter(db: Kysely<Schema>, now: () => number): WriteHistory {
  const labels = createLabels(db)
  const parts = createPartIndex(db)
  const sums = createMinuteSums()
  const takeIds = createIdSource(db)
  let doubtful: Doubtful | undefined

  async function write(rows: readonly AttemptRow[]): Promise<void> {
    // Labels, ids and the index of parts stay true if the rows then fail. They are written first, and change rarely.
    const { kinds, projects } = await labels.label(rows)
    const first = await takeIds(rows.length)
    const numbered = { rows, first, kinds, projects }
    await parts.update(numbered)
    const { errors, bodies } = errorValues(numbered)
    const tallies = tallyRows(rows, kinds)
    const { values, keep } = sums.add(tallies.kinds, now())
    doubtful = { rows, first, keep }
    await runBatch(db, [
      ...bulkStatements(db, attemptsTarget, attemptValues(numbered)),
      ...bulkStatements(db, errorsTarget, errors),
      ...bulkStatements(db, bodiesTarget, bodies),
      ...bulkStatements(db, rollupsTarget, values),
      ...bulkStatements(db, keyRollupsTarget, keyRollupValues(tallies.keys, now())),
    ])
    keep()
    doubtful = undefined
  }

  async function writeNew(rows: readonly AttemptRow[]): Promise<void> {
    let left = rows
    if (doubtful !== undefined) {
      if (await isWritten(db, doubtful.first)) {
        const written = new Set(doubtful.rows)
        left = rows.filter((row) => !written.has(row))
        doubtful.keep()
      }
      doubtful = undefined
    }
    if (left.length > 0) await write(left)
  }

  const inTurn = createSerialQueue()
  return (rows) => inTurn(() => writeNew(rows))
}

/** A batch that failed: when a connection is lost during the commit, it may have been written. */
type Doubtful = {
  readonly rows: readonly AttemptRow[]
  readonly first: number
  readonly keep: () => void
}

async function isWritten(db: Kysely<Schema>, id: number): Promise<boolean> {
  const row = await db.selectFrom('attempts').select('id').where('id', '=', id).executeTakeFirst()
  return row !== undefined
}

function pushShared(values: unknown[], { rows, first, kinds }: Numbered, at: number): void {
  const row = rows[at]
  if (row === undefined) return
  const id = first + at
  const requestId = row.requestId.length > 64 ? row.requestId.slice(0, 64) : row.requestId
  values.push(id, partOf(id), kinds[at], row.keyId, Math.floor(row.at), requestId)
}

function attemptValues(numbered: Numbered): unknown[] {
  const values: unknown[] = []
  for (const [at, row] of numbered.rows.entries()) {
    pushShared(values, numbered, at)
    values.push(
      numbered.projects[at],
      whole(row.number),
      whole(row.durationMs),
      maybeWhole(row.firstByteMs),
      maybeWhole(row.promptTokens),
      maybeWhole(row.outputTokens),
      maybeWhole(row.thoughtTokens),
      maybeWhole(row.cachedTokens),
      choices.indexOf(row.choice),
      row.trial ? 1 : 0,
      whole(row.ready),
      whole(row.groups),
      row.laneStatus === undefined ? null : laneStatuses.indexOf(row.laneStatus),
    )
  }
  return values
}

const largest = 2_147_483_647

/** Numbers that every database accepts: a rejected row would block all later ones. */
const whole = (value: number) => Math.max(0, Math.min(largest, Math.round(value) || 0))
const maybeWhole = (value: number | undefined) => (value === undefined ? null : whole(value))

function errorValues(numbered: Numbered): { errors: unknown[]; bodies: unknown[] } {
  const errors: unknown[] = []
  const bodies: unknown[] = []
  for (const [at, { error }] of numbered.rows.entries()) {
    if (error === undefined) continue
    pushShared(errors, numbered, at)
    errors.push(error.message)
    if (error.body !== undefined) bodies.push(numbered.first + at, error.body)
  }
  return { errors, bodies }
}
