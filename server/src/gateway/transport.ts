import { Readable } from 'node:stream'
import { Pool, type Dispatcher } from 'undici'
import type { Secret } from '../keys/secret.ts'
import type { UpstreamCall } from './call.ts'
import { readUpstreamAddress } from './upstream-address.ts'

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
    options: { secret: Secret; timeouts: Timeouts },
    handler: Dispatcher.DispatchHandler,
  ): void
  close(): Promise<void>
}

/** Bodies up to this size are copied into one buffer: one write is cheaper than several. */
const copyLimitBytes = 256 * 1024

export function createTransport(settings: () => TransportSettings): Transport {
  let pool: Pool | undefined
  let address = readUpstreamAddress(settings().baseUrl)
  let madeFor = ''

  /** One pool per origin; a changed BASE_URL lets the old pool finish what it carries. */
  function currentPool(): Pool {
    const { baseUrl, connectTimeout } = settings()
    const identity = `${baseUrl} ${connectTimeout}`
    if (pool !== undefined && identity === madeFor) return pool
    void pool?.close()
    madeFor = identity
    address = readUpstreamAddress(baseUrl)
    pool = new Pool(address.origin, {
      connect: { timeout: connectTimeout * 1000 },
      keepAliveTimeout: 60_000,
      allowH2: false,
    })
    return pool
  }

  return {
    send(call, { secret, timeouts }, handler) {
      const carrier = currentPool()
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
    async close() {
      await pool?.destroy()
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
