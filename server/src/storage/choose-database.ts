import type { Settings } from '@gemini-balance/contract'
import { join } from 'node:path'
import { Secret } from '../log/secret.ts'
import { StartError } from '../runtime/start-error.ts'
import { readDatabaseUrl } from './database/servers/database-url.ts'
import type { ServerAddress } from './database/servers/server-address.ts'

export type DatabaseChoice =
  /** A file; it and its folder are created when missing. `:memory:` keeps nothing. */
  { readonly kind: 'sqlite'; readonly path: string } | ServerAddress

type DatabaseSettings = Pick<
  Settings,
  | 'dataDir'
  | 'databaseType'
  | 'databaseUrl'
  | 'sqliteDatabase'
  | 'mysqlHost'
  | 'mysqlPort'
  | 'mysqlUser'
  | 'mysqlPassword'
  | 'mysqlDatabase'
  | 'mysqlSocket'
>

/** The database of the settings. Throws StartError when they are incomplete or contradict each other. */
export function chooseDatabase(settings: DatabaseSettings): DatabaseChoice {
  const { databaseType, databaseUrl, mysqlHost, mysqlSocket } = settings
  if (databaseUrl !== '') return fromUrl(databaseUrl, databaseType)
  switch (databaseType) {
    case 'sqlite':
      return sqliteFile(settings)
    case 'mysql':
      return mysqlServer(settings)
    case 'postgresql':
      throw new StartError(
        'DATABASE_TYPE is postgresql, but DATABASE_URL is missing. Set it to postgresql://user:password@host:5432/database.',
      )
    case 'auto':
      return mysqlHost === '' && mysqlSocket === '' ? sqliteFile(settings) : mysqlServer(settings)
  }
}

/** Settings of a server beside a choice that does not use it: one sentence, or none. */
export function unusedDatabaseSettings(settings: DatabaseSettings): string[] {
  const { databaseType, databaseUrl, mysqlHost, mysqlSocket } = settings
  if (mysqlHost === '' && mysqlSocket === '') return []
  if (databaseUrl !== '') return ['DATABASE_URL is set, so the MYSQL_ settings are not used.']
  return databaseType === 'sqlite'
    ? ['DATABASE_TYPE is sqlite, so the MYSQL_ settings are not used.']
    : []
}

function fromUrl(url: string, type: Settings['databaseType']): ServerAddress {
  const address = readDatabaseUrl(url)
  if (type === 'auto' || type === address.kind) return address
  throw new StartError(
    `DATABASE_TYPE is ${type}, but DATABASE_URL begins with ${address.kind}. Remove one of them.`,
  )
}

function sqliteFile({ dataDir, sqliteDatabase }: DatabaseSettings): DatabaseChoice {
  return { kind: 'sqlite', path: join(dataDir, sqliteDatabase) }
}

function mysqlServer(settings: DatabaseSettings): ServerAddress {
  const { mysqlHost, mysqlSocket, mysqlUser, mysqlDatabase, mysqlPassword, mysqlPort } = settings
  const missing = [
    ...(mysqlHost === '' && mysqlSocket === '' ? ['MYSQL_HOST or MYSQL_SOCKET'] : []),
    ...(mysqlUser === '' ? ['MYSQL_USER'] : []),
    ...(mysqlDatabase === '' ? ['MYSQL_DATABASE'] : []),
  ]
  if (missing.length > 0) {
    throw new StartError(
      `For MySQL these settings are missing: ${missing.join(', ')}. Set them, or DATABASE_URL.`,
    )
  }
  return {
    kind: 'mysql',
    host: mysqlHost,
    port: mysqlPort,
    socket: mysqlSocket === '' ? undefined : mysqlSocket,
    user: mysqlUser,
    password: mysqlPassword === '' ? undefined : new Secret(mysqlPassword),
    database: mysqlDatabase,
    tls: { mode: 'off' },
    isFromUrl: false,
  }
}
