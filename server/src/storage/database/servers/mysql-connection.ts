import { createConnection, type Connection as MysqlConnection } from 'mysql2'
import { connect, type Socket } from 'node:net'
import type { Connection } from '../connection.ts'
import type { ServerAddress } from './server-address.ts'
import { openServerConnection, type ServerLimits } from './server-connection.ts'

/** Rejects with DatabaseError. */
export async function connectMysql(
  address: ServerAddress,
  limits: ServerLimits,
): Promise<Connection> {
  // Our own socket can be destroyed at any moment, also while the server is silent.
  const socket = openSocket(address)
  const connection = createConnection({
    stream: () => socket,
    host: address.host,
    user: address.user,
    password: address.password?.reveal() ?? '',
    database: address.database,
    ...tlsOf(address),
    charset: 'utf8mb4',
    // Sums are numbers.
    decimalNumbers: true,
  })
  const session = connection.promise()
  return openServerConnection(
    {
      async connect() {
        await session.connect()
        await prepare(session, limits.statementMs)
      },
      async query(sql, parameters) {
        const [result] = await session.query(sql, [...parameters])
        if (Array.isArray(result)) return { rows: result, changes: 0, insertId: 0 }
        return { rows: [], changes: result.affectedRows, insertId: result.insertId }
      },
      end: () => session.end(),
      destroy: () => socket.destroy(),
      onLoss(listener) {
        connection.on('error', listener)
        connection.on('end', () => listener(undefined))
      },
    },
    limits,
  )
}

function openSocket({ socket, host, port }: ServerAddress): Socket {
  return socket === undefined
    ? connect({ host, port, noDelay: true, keepAlive: true })
    : connect(socket)
}

/** mysql2 escapes values for this SQL mode. */
async function prepare(
  session: ReturnType<MysqlConnection['promise']>,
  statementMs: number,
): Promise<void> {
  await session.query(`set session sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'`)
  const [rows] = await session.query('select version() as version')
  const isMariadb = /mariadb/i.test(JSON.stringify(rows))
  // The server also stops statements that we no longer wait for. MySQL has a limit for reads only.
  const limit = isMariadb
    ? `max_statement_time = ${statementMs / 1000}`
    : `max_execution_time = ${statementMs}`
  await session.query(`set session ${limit}`)
}

function tlsOf({ tls }: ServerAddress) {
  switch (tls.mode) {
    case 'off':
      return {}
    case 'unverified':
      return { ssl: { rejectUnauthorized: false } }
    case 'authority':
      return { ssl: { ...tls.authority } }
    case 'full':
      return { ssl: { ...tls.authority, verifyIdentity: true } }
  }
}
