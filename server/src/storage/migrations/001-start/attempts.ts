import type { Kysely } from 'kysely'
import { columnsOf, createIndex, createTable } from '../columns.ts'

/** Nothing but the time is required: a row that cannot be written would stand in the way of all that follow it. */
export async function createAttempts(db: Kysely<unknown>): Promise<void> {
  const { id, name, text, flag, integer, real, instant } = columnsOf(db)
  const attempts = await createTable(db, 'attempts')
  await attempts
    .addColumn('id', ...id)
    .addColumn('request_id', name(64))
    .addColumn('number', integer)
    .addColumn('at', instant, (column) => column.notNull())
    .addColumn('key_id', instant)
    .addColumn('project', name(200))
    .addColumn('lane', name(200))
    .addColumn('model', name(200))
    .addColumn('dialect', name(20))
    .addColumn('method', name(60))
    .addColumn('caller', name(12))
    .addColumn('status', integer)
    .addColumn('verdict', name(40))
    .addColumn('duration_ms', real)
    .addColumn('first_byte_ms', real)
    .addColumn('prompt_tokens', integer)
    .addColumn('output_tokens', integer)
    .addColumn('thought_tokens', integer)
    .addColumn('cached_tokens', integer)
    .addColumn('streamed', flag)
    .addColumn('message', text)
    .execute()
  await createIndex(db, 'attempts_at', ['attempts', 'at'])
  await createIndex(db, 'attempts_key', ['attempts', 'key_id', 'at'])
  await createIndex(db, 'attempts_request', ['attempts', 'request_id'])
}
