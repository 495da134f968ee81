import { hostAndPort, type ServerAddress } from './server-address.ts'

type Reason = (address: ServerAddress) => string

const settingsOf =
  (...names: string[]) =>
  ({ isFromUrl }: ServerAddress) =>
    isFromUrl ? 'DATABASE_URL' : names.join(' and ')
const addressSettings = settingsOf('MYSQL_HOST', 'MYSQL_PORT')
const socketSettings = settingsOf('MYSQL_SOCKET')
const loginSettings = settingsOf('MYSQL_USER', 'MYSQL_PASSWORD')
const databaseSettings = settingsOf('MYSQL_DATABASE')

const notListening: Reason = (at) =>
  `nothing listens there. Start the database server, or correct ${addressSettings(at)}.`
const noAnswer: Reason = (at) =>
  `it does not answer in time. Check the network and the firewall, or correct ${addressSettings(at)}.`
const unknownHost: Reason = (at) => `there is no host ${at.host}. Correct ${addressSettings(at)}.`
const noSocket: Reason = (at) => `there is no such socket. Correct ${socketSettings(at)}.`
/** MySQL has the same error for a user that must use TLS and for a wrong password. */
const tlsHint: Reason = ({ kind, tls }) =>
  kind === 'mysql' && tls.mode === 'off'
    ? ' If this user must use TLS, set DATABASE_URL with ?sslmode=require.'
    : ''
const loginFailed: Reason = (at) =>
  `the login of the user ${at.user} failed. Correct ${loginSettings(at)}.${tlsHint(at)}`
const noPermission: Reason = (at) =>
  `the user ${at.user} may not use the database ${at.database}. Grant it, or correct ${databaseSettings(at)}.`
const noDatabase: Reason = (at) =>
  `it has no database ${at.database}. Create it, or correct ${databaseSettings(at)}.`
const full: Reason = () =>
  'it has no free connection. Raise its limit, or end programs that hold connections.'
const starting: Reason = () => 'it is starting or stopping. Start again in a moment.'
const noTls: Reason = () =>
  'it does not support TLS. Remove sslmode from DATABASE_URL, or enable TLS at the server.'
const tlsOnly: Reason = (at) =>
  at.isFromUrl
    ? 'it requires TLS. Add ?sslmode=require to DATABASE_URL.'
    : 'it requires TLS. Set DATABASE_URL with ?sslmode=require instead of the MYSQL_ settings.'
const unknownLogin: Reason = () =>
  'its login method is not supported. Give the user a password of the default kind.'
const notTrusted: Reason = () =>
  'its TLS certificate is not trusted. Add sslrootcert=/path or sslmode=require, which checks no certificate, to DATABASE_URL.'

const reasons: Readonly<Record<string, Reason>> = {
  ECONNREFUSED: notListening,
  EHOSTUNREACH: noAnswer,
  ENETUNREACH: noAnswer,
  ETIMEDOUT: noAnswer,
  TIMEOUT: noAnswer,
  ENOTFOUND: unknownHost,
  EAI_AGAIN: unknownHost,
  ENOENT: noSocket,
  ENOTSOCK: noSocket,
  EACCES: noSocket,
  ER_ACCESS_DENIED_ERROR: loginFailed,
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR: loginFailed,
  '28P01': loginFailed,
  '28000': loginFailed,
  ER_DBACCESS_DENIED_ERROR: noPermission,
  '42501': noPermission,
  ER_BAD_DB_ERROR: noDatabase,
  '3D000': noDatabase,
  ER_CON_COUNT_ERROR: full,
  ER_TOO_MANY_USER_CONNECTIONS: full,
  '53300': full,
  '57P03': starting,
  ER_SERVER_SHUTDOWN: starting,
  HANDSHAKE_NO_SSL_SUPPORT: noTls,
  ER_SECURE_TRANSPORT_REQUIRED: tlsOnly,
  AUTH_SWITCH_PLUGIN_ERROR: unknownLogin,
  ER_NOT_SUPPORTED_AUTH_MODE: unknownLogin,
}

/** Messages of servers without a code. */
const byMessage: readonly (readonly [RegExp, Reason])[] = [
  [/does not support SSL/i, noTls],
  [/no pg_hba\.conf entry.*(?:no encryption|SSL off)/i, tlsOnly],
  [/SASL.*password/, loginFailed],
  [/certificate|self.signed|altnames|unable to (?:verify|get)/i, notTrusted],
]

/** Why a database server cannot be used, and what to do. No password is in it. */
export function explainServerFailure(address: ServerAddress, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const known = byMessage.find(([pattern]) => pattern.test(message))?.[1] ?? reasons[code]
  const reason =
    known?.(address) ?? `${message || 'the connection was lost'} (${code || 'no code'}).`
  return `The database at ${hostAndPort(address)} cannot be used: ${reason}`
}
