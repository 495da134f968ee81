import type { Secret } from '../../../log/secret.ts'

export type ServerKind = 'mysql' | 'postgresql'

/** `unverified` encrypts and trusts any server; `authority` requires a certificate signed by an authority; `full` also the host's name in it. */
export type TlsMode = 'off' | 'unverified' | 'authority' | 'full'

export type Tls = {
  readonly mode: TlsMode
  /** The certificates to trust instead of the well-known ones. */
  readonly authority?: { readonly ca: string }
}

/** Where a database server is, and how to log in. */
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
  /** Whether it comes from DATABASE_URL rather than from the MYSQL_ variables. */
  readonly isFromUrl: boolean
}

/** As messages show it. */
export function hostAndPort({ socket, host, port }: ServerAddress): string {
  if (socket !== undefined) return socket
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}
