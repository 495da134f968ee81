import type { Secret } from '../../../log/secret.ts'

export type ServerKind = 'mysql' | 'postgresql'

/** `unverified` is encrypted, but believes any server; `authority` asks for a certificate that an authority signed; `full` for the host's name in it too. */
export type TlsMode = 'off' | 'unverified' | 'authority' | 'full'

export type Tls = {
  readonly mode: TlsMode
  /** The certificates to believe instead of the well-known ones. */
  readonly authority?: { readonly ca: string }
}

/** Where a database server is and how to enter. */
export type ServerAddress = {
  readonly kind: ServerKind
  readonly host: string
  readonly port: number
  /** Instead of host and port: MySQL's socket, or the folder of PostgreSQL's. */
  readonly socket: string | undefined
  readonly user: string
  readonly password: Secret | undefined
  readonly database: string
  readonly tls: Tls
  /** Whether it was read from DATABASE_URL, or else from the MYSQL_ variables. */
  readonly isFromUrl: boolean
}

/** The address for people. */
export function placeOf({ socket, host, port }: ServerAddress): string {
  if (socket !== undefined) return socket
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}
