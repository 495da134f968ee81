import { placeOf, type ServerAddress } from './server-address.ts'

type Reason = (address: ServerAddress) => string

const settingsOf =
  (...names: string[]) =>
  ({ isFromUrl }: ServerAddress) =>
    isFromUrl ? 'DATABASE_URL' : names.join(' and ')
const where = settingsOf('MYSQL_HOST', 'MYSQL_PORT')
const socket = settingsOf('MYSQL_SOCKET')
const who = settingsOf('MYSQL_USER', 'MYSQL_PASSWORD')
const which = settingsOf('MYSQL_DATABASE')

const nobodyThere: Reason = (at) =>
  `nothing answers there. Start the database server, or correct ${where(at)}.`
const noAnswer: Reason = (at) =>
  `it does not answer in time. Look at the network and the firewall, or correct ${where(at)}.`
const unknownHost: Reason = (at) => `there is no host ${at.host}. Correct ${where(at)}.`
const noSocket: Reason = (at) => `there is no such socket. Correct ${socket(at)}.`
/** MySQL does not tell a user who must use TLS from one with a wrong password. */
const hintOfTls: Reason = ({ kind, tls }) =>
  kind === 'mysql' && tls.mode === 'off'
    ? ' Or must this user use TLS? Then give DATABASE_URL with ?sslmode=require.'
    : ''
const notEntered: Reason = (at) =>
  `it does not let the user ${at.user} in with this password. Correct ${who(at)}.${hintOfTls(at)}`
const notAllowed: Reason = (at) =>
  `the user ${at.user} may not use the database ${at.database}. Grant it, or correct ${which(at)}.`
const noDatabase: Reason = (at) =>
  `it has no database ${at.database}. Create it, or correct ${which(at)}.`
const full: Reason = () =>
  'it has no connection left. Let it take more, or end programs that hold them.'
const starting: Reason = () => 'it is just starting or stopping. Start again in a moment.'
const noTls: Reason = () =>
  'it does not speak TLS. Take sslmode out of DATABASE_URL, or switch TLS on at the server.'
const tlsOnly: Reason = (at) =>
  at.isFromUrl
    ? 'it wants TLS. Add ?sslmode=require to DATABASE_URL.'
    : 'it wants TLS. Give DATABASE_URL instead of the MYSQL_ settings, with ?sslmode=require.'
const otherLogin: Reason = () =>
  'it wants a way of logging in that is not known here. Give the user a password of the usual kind.'
const notTrusted: Reason = () =>
  'its TLS certificate is not trusted. Name the certificate of its authority with sslrootcert=/path in DATABASE_URL, or encrypt without a check with sslmode=require.'

const reasons: Readonly<Record<string, Reason>> = {
  ECONNREFUSED: nobodyThere,
  EHOSTUNREACH: noAnswer,
  ENETUNREACH: noAnswer,
  ETIMEDOUT: noAnswer,
  TIMEOUT: noAnswer,
  ENOTFOUND: unknownHost,
  EAI_AGAIN: unknownHost,
  ENOENT: noSocket,
  ENOTSOCK: noSocket,
  EACCES: noSocket,
  ER_ACCESS_DENIED_ERROR: notEntered,
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR: notEntered,
  '28P01': notEntered,
  '28000': notEntered,
  ER_DBACCESS_DENIED_ERROR: notAllowed,
  '42501': notAllowed,
  ER_BAD_DB_ERROR: noDatabase,
  '3D000': noDatabase,
  ER_CON_COUNT_ERROR: full,
  ER_TOO_MANY_USER_CONNECTIONS: full,
  '53300': full,
  '57P03': starting,
  ER_SERVER_SHUTDOWN: starting,
  HANDSHAKE_NO_SSL_SUPPORT: noTls,
  ER_SECURE_TRANSPORT_REQUIRED: tlsOnly,
  AUTH_SWITCH_PLUGIN_ERROR: otherLogin,
  ER_NOT_SUPPORTED_AUTH_MODE: otherLogin,
}

/** What the servers say without a code. */
const bySentence: readonly (readonly [RegExp, Reason])[] = [
  [/does not support SSL/i, noTls],
  [/no pg_hba\.conf entry.*(?:no encryption|SSL off)/i, tlsOnly],
  [/SASL.*password/, notEntered],
  [/certificate|self.signed|altnames|unable to (?:verify|get)/i, notTrusted],
]

/** Why a database server cannot be used, in a sentence for the person who started the program. No password is in it. */
export function explainServerFailure(address: ServerAddress, error: unknown): string {
  const said = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const known = bySentence.find(([words]) => words.test(said))?.[1] ?? reasons[code]
  const reason = known?.(address) ?? `${said || 'the connection was lost'} (${code || 'no code'}).`
  return `The database at ${placeOf(address)} cannot be used: ${reason}`
}
