import { Socket } from 'node:net'
import pg from 'pg'
import type { Connection } from '../connection.ts'
import type { ServerAddress } from './server-address.ts'
import { openServerConnection, type ServerLimits } from './server-connection.ts'

/** bigint and numeric, as numbers: pg returns them as texts. */
const numbers = new Set<number>([20, 1700])

const types: pg.CustomTypesConfig = {
  // oxlint-disable-next-line typescript/no-unsafe-return -- what a parser returns is for pg alone.
  getTypeParser: (oid, format) => (numbers.has(oid) ? Number : pg.types.getTypeParser(oid, format)),
}

/** Rejects with DatabaseError. */
export async function connectPostgres(
  address: ServerAddress,
  limits: ServerLimits,
): Promise<Connection> {
  // Our own socket can be destroyed at any moment, also while the server is silent.
  const socket = new Socket()
  const client = new pg.Client({
    host: address.socket ?? address.host,
    port: address.port,
    user: address.user,
    database: address.database,
    // A function keeps pg from looking for passwords in the environment and in files.
    password: () => address.password?.reveal() ?? '',
    ssl: tlsOf(address),
    application_name: 'gemini-balance',
    keepAlive: true,
    stream: () => socket,
    types,
  })
  return openServerConnection(
    {
      async connect() {
        await client.connect()
        // The server also stops statements that we no longer wait for.
        await client.query(`set statement_timeout = ${limits.statementMs}`)
      },
      async query(sql, parameters) {
        const { rows, rowCount } = await client.query<Record<string, unknown>>(sql, [...parameters])
        return { rows, changes: rowCount ?? 0, insertId: 0 }
      },
      end: () => client.end(),
      destroy: () => socket.destroy(),
      onLoss(listener) {
        client.on('error', listener)
        client.on('end', () => listener(undefined))
      },
    },
    limits,
  )
}

function tlsOf({ tls }: ServerAddress) {
  switch (tls.mode) {
    case 'off':
      return false
    case 'unverified':
      return { rejectUnauthorized: false }
    case 'authority':
      return { ...tls.authority, checkServerIdentity: () => undefined }
    case 'full':
      return { ...tls.authority }
  }
}
