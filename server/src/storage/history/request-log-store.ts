import { choices, laneStatuses } from '@gemini-balance/contract'
import type { RequestLogStore, StoredAttempt, AttemptFilter } from '../../telemetry/stores.ts'
import type { Kysely, Selectable } from 'kysely'
import { kindColumns, loggedFields, readLogged, type KindColumns } from './read-logged.ts'
import type { Schema } from '../database/schema.ts'
import type { HistoryDeps } from './history-deps.ts'
import { findLogged } from './find-logged.ts'
import { createHistoryWriter } from './write-history.ts'

const pageSize = 100
const largestPage = 1000

export function createRequestLogStore({ db, reads, now }: HistoryDeps): RequestLogStore {
  return {
    insertMany: createHistoryWriter(db, now),
    async list(filter, { limit = pageSize, before } = {}) {
      const size = Math.min(Math.max(1, limit), largestPage)
      if (filter.requestId !== undefined) {
        return { rows: await ofRequest(reads, filter.requestId, filter), next: undefined }
      }
      const search = { table: 'attempts', filter, order: 'desc', limit: size + 1 } as const
      const ids = await findLogged(reads, { ...search, beyond: before })
      const rows = await readRows(reads, ids.slice(0, size))
      return { rows, next: ids.length > size ? ids[size - 1] : undefined }
    },
  }
}

/** A request has few attempts: the rest of the filter is applied to the rows. */
async function ofRequest(
  db: Kysely<Schema>,
  requestId: string,
  filter: AttemptFilter,
): Promise<StoredAttempt[]> {
  const found = await db
    .selectFrom('attempts')
    .select('id')
    .where('request_id', '=', requestId)
    .orderBy('id', 'desc')
    .limit(largestPage)
    .execute()
  const rows = await readRows(
    db,
    found.map(({ id }) => id),
  )
  return rows.filter((row) => isMatch(row, filter))
}

function isMatch(row: StoredAttempt, filter: AttemptFilter): boolean {
  const { keyIds, from = -Infinity, to = Infinity } = filter
  const names = ['project', 'lane', 'model', 'dialect', 'method', 'caller', 'verdict'] as const
  return (
    names.every((name) => filter[name] === undefined || filter[name] === row[name]) &&
    (filter.status === undefined || filter.status === row.status) &&
    (filter.streamed === undefined || filter.streamed === row.streamed) &&
    (keyIds === undefined || keyIds.includes(row.keyId)) &&
    row.at >= from &&
    row.at < to
  )
}

function readRows(db: Kysely<Schema>, ids: readonly number[]): Promise<StoredAttempt[]> {
  return readLogged(ids, async (some) => {
    const rows = await db
      .selectFrom('attempts')
      .innerJoin('kinds', 'kinds.id', 'attempts.kind_id')
      .leftJoin('projects_seen', 'projects_seen.id', 'attempts.project_id')
      .leftJoin('errors', 'errors.id', 'attempts.id')
      .selectAll('attempts')
      .select(kindColumns)
      .select(['projects_seen.name as project', 'errors.message as message'])
      .where('attempts.id', 'in', some)
      .orderBy('attempts.id', 'desc')
      .execute()
    return rows.map(readRow)
  })
}

type Read = Selectable<Schema['attempts']> &
  KindColumns & { project: string | null; message: string | null }

function readRow(row: Read): StoredAttempt {
  return {
    ...loggedFields(row),
    number: row.number,
    project: row.project ?? '',
    lane: row.lane,
    durationMs: row.duration_ms,
    firstByteMs: row.first_byte_ms ?? undefined,
    promptTokens: row.prompt_tokens ?? undefined,
    outputTokens: row.output_tokens ?? undefined,
    thoughtTokens: row.thought_tokens ?? undefined,
    cachedTokens: row.cached_tokens ?? undefined,
    streamed: row.streamed === 1,
    choice: choices[row.choice] ?? 'least-recently-used',
    trial: row.trial === 1,
    ready: row.ready,
    groups: row.key_groups,
    laneStatus: row.lane_status === null ? undefined : laneStatuses[row.lane_status],
    message: row.message ?? undefined,
  }
}
