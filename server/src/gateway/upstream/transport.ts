import { Readable } from 'node:stream'
import { Pool, type Dispatcher } from 'undici'
import type { Secret } from '../../log/secret.ts'
import type { UpstreamCall } from '../../google/upstream-call.ts'
import type { Exit } from '../egress/proxies.ts'
import { tunnelThrough } from '../egress/tunnel.ts'
import { readUpstreamAddress } from '../../google/platforms/upstream-address.ts'

export type TransportSettings = {
  readonly baseUrl: string
  /** Seconds until a connection must stand. */
  readonly connectTimeout: number
}

export type Timeouts = { readonly firstByteMs: number; readonly idleMs: number }

/** The way to Google. The key travels in the one header that the call asks for, alone. */
export interface Transport {
  send(
    call: UpstreamCall,
    options: { secret: Secret; timeouts: Timeouts; exit: Exit | undefined },
    handler: Dispatcher.DispatchHandler,
  ): void
  /** Lets what leaves by this exit finish, and closes its connections. */
  forget(exit: Exit): void
  close(): Promise<void>
}

/** Bodies up to this size are copied into one buffer: one write is cheaper than several. */
const copyLimitBytes = 256 * 1024

export function createTransport(settings: () => TransportSettings): Transport {
  const pools = new Map<Exit | undefined, Pool>()
  let address = readUpstreamAddress(settings().baseUrl)
  let madeFor: TransportSettings | undefined

  /** One pool per origin and exit; a changed BASE_URL lets the old ones finish what they carry. */
  function poolFor(exit: Exit | undefined): Pool {
    const now = settings()
    if (madeFor?.baseUrl !== now.baseUrl || madeFor.connectTimeout !== now.connectTimeout) {
      for (const pool of pools.values()) void pool.close()
      pools.clear()
      madeFor = { baseUrl: now.baseUrl, connectTimeout: now.connectTimeout }
      address = readUpstreamAddress(now.baseUrl)
    }
    const known = pools.get(exit)
    if (known !== undefined) return known
    const timeout = now.connectTimeout * 1000
    const pool = new Pool(address.origin, {
      connect: exit === undefined ? { timeout } : tunnelThrough(exit.proxy, timeout),
      keepAliveTimeout: 60_000,
      allowH2: false,
    })
    pools.set(exit, pool)
    return pool
  }

  return {
    send(call, { secret, timeouts, exit }, handler) {
      const carrier = poolFor(exit)
      carrier.dispatch(
        {
          method: call.method,
          path: address.prefix + call.path,
          headers: headersOf(call, secret),
          body: bodyOf(call.body),
          headersTimeout: timeouts.firstByteMs,
          bodyTimeout: timeouts.idleMs,
        },
        handler,
      )
    },
    forget(exit) {
      void pools.get(exit)?.close()
      pools.delete(exit)
    },
    async close() {
      await Promise.all(Array.from(pools.values(), (pool) => pool.destroy()))
    },
  }
}

/** As a list: to add a member to a copy of an object costs more than all the rest of this. */
function headersOf(call: UpstreamCall, secret: Secret): string[] {
  const headers =
    call.credential === 'bearer'
      ? ['authorization', `Bearer ${secret.reveal()}`]
      : ['x-goog-api-key', secret.reveal()]
  if (call.body.length > 1) headers.push('content-length', String(lengthOf(call.body)))
  for (const name in call.headers) {
    const values = call.headers[name] ?? []
    for (const value of typeof values === 'string' ? [values] : values) headers.push(name, value)
  }
  return headers
}

function lengthOf(parts: readonly Buffer[]): number {
  let length = 0
  for (const part of parts) length += part.length
  return length
}

function bodyOf(parts: readonly Buffer[]): Buffer | Readable | null {
  const [only] = parts
  if (only === undefined) return null
  if (parts.length === 1) return only
  const length = lengthOf(parts)
  return length <= copyLimitBytes ? Buffer.concat(parts, length) : Readable.from(parts)
}
