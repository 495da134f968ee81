import type { Kysely, Migration } from 'kysely'

export const start: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db
    await schema
      .createTable('settings')
      .addColumn('name', 'varchar(100)', (column) => column.primaryKey())
      .addColumn('value', 'text', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .execute()
    await schema
      .createTable('meta')
      .addColumn('name', 'varchar(100)', (column) => column.primaryKey())
      .addColumn('value', 'text', (column) => column.notNull())
      .execute()
    await schema
      .createTable('engine_state')
      .addColumn('id', 'varchar(400)', (column) => column.primaryKey())
      .addColumn('json', 'text', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .execute()
    await createKeys(db)
    await createAttempts(db)
  },
}

async function createKeys({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('keys')
    // Ids are never given twice: the request log and the engine's memory speak of keys by them.
    .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('value', 'text', (column) => column.notNull())
    .addColumn('value_hash', 'varchar(64)', (column) => column.notNull().unique())
    .addColumn('project', 'varchar(200)')
    .addColumn('project_source', 'varchar(20)')
    .addColumn('paid', 'integer')
    .addColumn('priority', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('weight', 'double precision', (column) => column.notNull().defaultTo(1))
    .addColumn('allowed_models', 'text')
    .addColumn('label', 'varchar(200)')
    .addColumn('disabled', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute()
}

/** Nothing but the time is required: a row that cannot be written would stand in the way of all that follow it. */
async function createAttempts({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('attempts')
    .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('request_id', 'varchar(64)')
    .addColumn('number', 'integer')
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('key_id', 'integer')
    .addColumn('project', 'varchar(200)')
    .addColumn('lane', 'varchar(200)')
    .addColumn('model', 'varchar(200)')
    .addColumn('dialect', 'varchar(20)')
    .addColumn('method', 'varchar(60)')
    .addColumn('caller', 'varchar(12)')
    .addColumn('status', 'integer')
    .addColumn('verdict', 'varchar(40)')
    .addColumn('duration_ms', 'double precision')
    .addColumn('first_byte_ms', 'double precision')
    .addColumn('prompt_tokens', 'integer')
    .addColumn('output_tokens', 'integer')
    .addColumn('thought_tokens', 'integer')
    .addColumn('cached_tokens', 'integer')
    .addColumn('streamed', 'integer')
    .addColumn('message', 'text')
    .execute()
  await schema.createIndex('attempts_at').on('attempts').column('at').execute()
  await schema.createIndex('attempts_key').on('attempts').columns(['key_id', 'at']).execute()
  await schema.createIndex('attempts_request').on('attempts').column('request_id').execute()
}
