import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { Connection } from '../database/connection.ts'
import { readDatabaseUrl } from '../database/servers/database-url.ts'
import { serverLimits, connectServer } from '../database/servers/open-server.ts'
import type { ServerAddress, ServerKind } from '../database/servers/server-address.ts'

/** The servers for tests: on the default ports of this machine, unless the environment names others. */
const servers: readonly { name: string; kind: ServerKind; url: string }[] = [
  {
    name: 'MySQL',
    kind: 'mysql',
    url: process.env['TEST_MYSQL_URL'] ?? 'mysql://root@127.0.0.1:3306/mysql',
  },
  {
    name: 'PostgreSQL',
    kind: 'postgresql',
    url: process.env['TEST_POSTGRES_URL'] ?? 'postgresql://postgres@127.0.0.1:5432/postgres',
  },
]

export type TestServer = {
  readonly kind: ServerKind
  /** Of an existing database. */
  readonly url: string
  readonly address: ServerAddress
}

/** A suite for each kind of server. Without a server it is skipped with a message; where CI is set, it fails. */
export async function describeOnServers(
  suite: (name: string, server: TestServer) => void,
): Promise<void> {
  for (const { name, kind, url } of servers) {
    const server = { kind, url, address: readDatabaseUrl(url) }
    const absence = await reasonForAbsence(server)
    if (absence === undefined) {
      suite(name, server)
    } else if (process.env['CI'] === undefined) {
      process.stdout.write(`skipped: no ${name} server answers here: ${absence}\n`)
      describe.skip(name, () => suite(name, server))
    } else {
      test(`a ${name} server answers here`, () => expect.fail(absence))
    }
  }
}

async function reasonForAbsence({ address }: TestServer): Promise<string | undefined> {
  try {
    const connection = await connectServer(address, { ...serverLimits, connectMs: 2000 })
    await connection.close()
    return undefined
  } catch (error) {
    return String(error)
  }
}

export type TestDatabase = {
  readonly address: ServerAddress
  readonly url: string
  /** Runs a statement as administrator. */
  run(sql: string): Promise<unknown[]>
  /** Ends all connections to this database from the server's side. */
  killConnections(): Promise<void>
  drop(): Promise<void>
}

/** An empty database of this test. */
export async function createTestDatabase(server: TestServer): Promise<TestDatabase> {
  const admin = await connectServer(server.address, serverLimits)
  const database = `gemini_balance_test_${randomBytes(6).toString('hex')}`
  await admin.run(`create database ${database}`, [])
  const run = async (sql: string) => (await admin.run(sql, [])).rows
  return {
    address: { ...server.address, database },
    url: withDatabase(server.url, database),
    run,
    killConnections: () => killConnections(server.kind, database, admin),
    async drop() {
      await killConnections(server.kind, database, admin)
      await admin.run(`drop database ${database}`, [])
      await admin.close()
    },
  }
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url)
  changed.pathname = database
  return changed.href
}

async function killConnections(
  kind: ServerKind,
  database: string,
  admin: Connection,
): Promise<void> {
  if (kind === 'postgresql') {
    const kill = 'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1'
    await admin.run(kill, [database])
    return
  }
  const list = 'select id from information_schema.processlist where db = ?'
  const { rows } = await admin.run(list, [database])
  for (const row of rows) {
    const id = Number(Object.values(Object(row))[0])
    // It may have ended meanwhile.
    await admin.run(`kill ${id}`, []).catch(() => undefined)
  }
}
