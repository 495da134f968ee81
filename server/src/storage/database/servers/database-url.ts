import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { Secret } from '../../../log/secret.ts'
import { StartError } from '../../../runtime/start-error.ts'
import type { ServerAddress, ServerKind, Tls, TlsMode } from './server-address.ts'

const kinds: ReadonlyMap<string, ServerKind> = new Map([
  ['mysql:', 'mysql'],
  ['mariadb:', 'mysql'],
  ['postgres:', 'postgresql'],
  ['postgresql:', 'postgresql'],
])

const usualPorts: Readonly<Record<ServerKind, number>> = { mysql: 3306, postgresql: 5432 }

/** As libpq and MySQL's own clients name them. */
const tlsModes: ReadonlyMap<string, TlsMode> = new Map([
  ['disable', 'off'],
  ['disabled', 'off'],
  ['require', 'unverified'],
  ['required', 'unverified'],
  ['verify-ca', 'authority'],
  ['verify_ca', 'authority'],
  ['verify-full', 'full'],
  ['verify_identity', 'full'],
])

const tlsNames = ['sslmode', 'ssl-mode']
const socketNames = ['socket', 'host']
/** Hosting companies add these to their addresses; they change nothing here. */
const ignored = ['application_name', 'channel_binding', 'charset', 'connect_timeout']
const known = new Set([...tlsNames, ...socketNames, ...ignored, 'sslrootcert'])

const urlError = (reason: string) => new StartError(`DATABASE_URL cannot be used: ${reason}`)

/** Throws StartError, which repeats nothing of the address: it may hold a password. */
export function readDatabaseUrl(text: string): ServerAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const kind = kinds.get(url?.protocol ?? '')
  if (url === undefined || kind === undefined) {
    throw urlError(
      'it must look like mysql://user:password@host:3306/database or postgresql://user:password@host:5432/database. Signs such as @ / # in a password are written as %40 %2F %23.',
    )
  }
  rejectUnknown(url)
  const socket = first(url, socketNames)
  const database = decoded(url.pathname.slice(1))
  if (database === '') throw urlError('it names no database. Add it: /gemini_balance at the end.')
  if (url.username === '') throw urlError('it names no user.')
  const password = decoded(url.password)
  const host = decoded(url.hostname).replace(/^\[(.*)\]$/, '$1')
  const tls = tlsOf(url)
  if (kind === 'mysql' && tls.mode === 'full' && isIP(host) !== 0) {
    // For an IP address mysql2 would look for `localhost` in the certificate.
    throw urlError('sslmode=verify-full needs the name of the host, not its IP address.')
  }
  return {
    kind,
    host,
    port: url.port === '' ? usualPorts[kind] : Number(url.port),
    socket,
    user: decoded(url.username),
    password: password === '' ? undefined : new Secret(password),
    database,
    tls,
    isFromUrl: true,
  }
}

function rejectUnknown(url: URL): void {
  const count = [...url.searchParams.keys()].filter((name) => !known.has(name)).length
  if (count === 0) return
  throw urlError(
    'only sslmode, sslrootcert and socket may follow the ?. A ? in a password is written as %3F.',
  )
}

function first({ searchParams }: URL, names: readonly string[]): string | undefined {
  return names.map((name) => searchParams.get(name)).find((value) => value !== null) ?? undefined
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw urlError('a % in it must be written as %25.')
  }
}

function tlsOf(url: URL): Tls {
  const word = first(url, tlsNames) ?? 'disable'
  const mode = tlsModes.get(word.toLowerCase())
  if (mode === undefined) {
    throw urlError('sslmode must be one of disable, require, verify-ca, verify-full.')
  }
  const path = url.searchParams.get('sslrootcert')
  return path === null ? { mode } : { mode, authority: { ca: readCertificate(path) } }
}

function readCertificate(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw urlError('the file of sslrootcert cannot be read.')
  }
}
