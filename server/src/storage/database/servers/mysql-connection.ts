import { createConnection, type Connection as MysqlConnection } from 'mysql2'
import { connect, type Socket } from 'node:net'
import type { Connection } from '../connection.ts'
import type { ServerAddress } from './server-address.ts'
import { openServerLink, type ServerLimits } from './server-connection.ts'

/** Rejects with DatabaseError. */
export async function connectMysql(
  address: ServerAddress,
  limits: ServerLimits,
): Promise<Connection> {
  // Our own socket: it can be hung up at any moment, also while the server says nothing.
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
  return openServerLink(
    {
      async enter() {
        await session.connect()
        await prepare(session, limits.statementMs)
      },
      async query(sql, parameters) {
        const [result] = await session.query(sql, [...parameters])
        if (Array.isArray(result)) return { rows: result, changes: 0, insertId: 0 }
        return { rows: [], changes: result.affectedRows, insertId: result.insertId }
      },
      leave: () => session.end(),
      hangUp: () => socket.destroy(),
      onLoss(tell) {
        connection.on('error', tell)
        connection.on('end', () => tell(undefined))
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

/** Values are written into the statement by rules that the mode decides: it must be the one mysql2 expects. */
async function prepare(
  session: ReturnType<MysqlConnection['promise']>,
  statementMs: number,
): Promise<void> {
  await session.query(`set session sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'`)
  const [rows] = await session.query('select version() as version')
  const isMariadb = /mariadb/i.test(JSON.stringify(rows))
  // The server stops, too, what we no longer wait for. MySQL knows a limit for reading only.
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
