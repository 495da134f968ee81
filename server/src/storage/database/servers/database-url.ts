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

/** The words of libpq and of MySQL's own clients. */
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
/** Hosting companies write these into the addresses they give; they change nothing here. */
const withoutMeaning = ['application_name', 'channel_binding', 'charset', 'connect_timeout']
const known = new Set([...tlsNames, ...socketNames, ...withoutMeaning, 'sslrootcert'])

const refused = (reason: string) => new StartError(`DATABASE_URL cannot be used: ${reason}`)

/** Throws StartError; its sentence repeats nothing of the address, for a password is in it. */
export function readDatabaseUrl(text: string): ServerAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const kind = kinds.get(url?.protocol ?? '')
  if (url === undefined || kind === undefined) {
    throw refused(
      'it must look like mysql://user:password@host:3306/database or postgresql://user:password@host:5432/database. Signs such as @ / # in a password are written as %40 %2F %23.',
    )
  }
  refuseUnknown(url)
  const socket = first(url, socketNames)
  const database = decoded(url.pathname.slice(1))
  if (database === '') throw refused('it names no database. Add it: /gemini_balance at the end.')
  if (url.username === '') throw refused('it names no user.')
  const password = decoded(url.password)
  const host = decoded(url.hostname).replace(/^\[(.*)\]$/, '$1')
  const tls = tlsOf(url)
  if (kind === 'mysql' && tls.mode === 'full' && isIP(host) !== 0) {
    // mysql2 would look for `localhost` in the certificate.
    throw refused('sslmode=verify-full asks for the name of the host, not its number.')
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

function refuseUnknown(url: URL): void {
  const count = [...url.searchParams.keys()].filter((name) => !known.has(name)).length
  if (count === 0) return
  throw refused(
    'after the ? it may say sslmode, sslrootcert and socket only. A ? in a password is written as %3F.',
  )
}

function first({ searchParams }: URL, names: readonly string[]): string | undefined {
  return names.map((name) => searchParams.get(name)).find((value) => value !== null) ?? undefined
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw refused('a % in it must be written as %25.')
  }
}

function tlsOf(url: URL): Tls {
  const word = first(url, tlsNames) ?? 'disable'
  const mode = tlsModes.get(word.toLowerCase())
  if (mode === undefined) {
    throw refused('sslmode must be one of disable, require, verify-ca, verify-full.')
  }
  const path = url.searchParams.get('sslrootcert')
  return path === null ? { mode } : { mode, authority: { ca: readCertificate(path) } }
}

function readCertificate(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw refused('the file of sslrootcert cannot be read.')
  }
}
