import { Readable } from 'node:stream'
import { buildConnector, type Dispatcher } from 'undici'
import type { Secret } from '../../log/secret.ts'
import type { UpstreamCall } from '../../google/upstream-call.ts'
import type { Proxy } from '../egress/proxies.ts'
import { tunnelThrough } from '../egress/tunnel.ts'
import type { Platform } from '../../google/platforms/platform.ts'
import { ConnectionPool } from './connection-pool.ts'

export type TransportSettings = {
  readonly baseUrl: string
  /** Connect time-out in seconds. */
  readonly connectTimeout: number
}

export type Timeouts = { readonly firstByteMs: number; readonly idleMs: number }

export type SendOptions = {
  readonly secret: Secret
  readonly timeouts: Timeouts
  readonly proxy: Proxy | undefined
}

/** Connections to Google. */
export interface Transport {
  send(call: UpstreamCall, options: SendOptions, handler: Dispatcher.DispatchHandler): void
  /** The same over a connection for this call alone. Returns the function that closes it. */
  sendAlone(
    call: UpstreamCall,
    options: SendOptions,
    handler: Dispatcher.DispatchHandler,
  ): () => void
  /** Closes a proxy's connections after its running calls. */
  forget(proxy: Proxy): void
  /** Makes new connections for all later calls. Running calls keep theirs. */
  renew(): void
  close(): Promise<void>
}

/** Body parts up to this total are joined: one write is cheaper than several. */
const copyLimitBytes = 256 * 1024

export function createTransport(platform: Platform, settings: () => TransportSettings): Transport {
  const pools = new Map<Proxy | undefined, ConnectionPool>()
  const alone = new Set<ConnectionPool>()
  let address = platform.address(settings())
  let current: TransportSettings | undefined

  /** One pool per proxy. A change of the settings replaces all pools; old ones finish their calls. */
  function poolFor(proxy: Proxy | undefined): ConnectionPool {
    const { connectTimeout } = followSettings()
    const known = pools.get(proxy)
    if (known !== undefined) return known
    const pool = openPool(proxy, connectTimeout * 1000)
    pools.set(proxy, pool)
    return pool
  }

  function followSettings(): TransportSettings {
    const now = settings()
    if (current?.baseUrl !== now.baseUrl || current.connectTimeout !== now.connectTimeout) {
      renew()
      current = { baseUrl: now.baseUrl, connectTimeout: now.connectTimeout }
      address = platform.address(now)
    }
    return current
  }

  function openPool(proxy: Proxy | undefined, timeout: number): ConnectionPool {
    return new ConnectionPool(address.origin, {
      connect:
        proxy === undefined
          ? buildConnector({ timeout, allowH2: false })
          : tunnelThrough(proxy.address, timeout),
      keepAliveTimeout: 60_000,
      allowH2: false,
    })
  }

  function renew(): void {
    for (const pool of pools.values()) void pool.close()
    pools.clear()
  }

  const requestOf = (call: UpstreamCall, { secret, timeouts }: SendOptions) => ({
    method: call.method,
    path: platform.pathOf(call, address),
    headers: headersOf(call, platform.credential(secret.reveal(), call)),
    body: bodyOf(call.body),
    headersTimeout: timeouts.firstByteMs,
    bodyTimeout: timeouts.idleMs,
  })

  return {
    send(call, options, handler) {
      const pool = poolFor(options.proxy)
      pool.dispatch(requestOf(call, options), handler)
    },
    sendAlone(call, options, handler) {
      followSettings()
      const pool = openPool(options.proxy, options.timeouts.firstByteMs)
      alone.add(pool)
      pool.dispatch(requestOf(call, options), handler)
      return () => {
        alone.delete(pool)
        void pool.destroy()
      }
    },
    renew,
    forget(proxy) {
      void pools.get(proxy)?.close()
      pools.delete(proxy)
    },
    async close() {
      await Promise.all(Array.from([...pools.values(), ...alone], (pool) => pool.destroy()))
    },
  }
}

/** A flat list: undici takes it as is, and copying an object to add a member is slow. */
function headersOf(call: UpstreamCall, [header, value]: readonly [string, string]): string[] {
  const headers = [header, value]
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
