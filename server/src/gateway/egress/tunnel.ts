import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Socket } from 'node:net'
import { SocksClient } from 'socks'
import { buildConnector } from 'undici'
import type { ProxyAddress } from './proxy-address.ts'

/** A proxy that cannot be reached, or that will not lead on. Its message names the proxy, and no password. */
export class ProxyFailed extends Error {
  readonly code = 'PROXY_FAILED'

  constructor({ name }: ProxyAddress, cause: unknown) {
    super(`The proxy ${name} failed: ${cause instanceof Error ? wordsOf(cause) : String(cause)}`)
    this.name = 'ProxyFailed'
  }
}

function wordsOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}

type Target = { readonly host: string; readonly port: number }

/** Opens connections through a proxy, for undici; those to https addresses are encrypted to their end, which the proxy cannot read. */
export function tunnelThrough(proxy: ProxyAddress, timeoutMs: number): buildConnector.connector {
  const secure = buildConnector({ timeout: timeoutMs, allowH2: false })

  async function connect(options: buildConnector.Options, callback: buildConnector.Callback) {
    let socket: Socket
    try {
      socket = await openTunnel(proxy, targetOf(options), timeoutMs)
    } catch (error) {
      return callback(new ProxyFailed(proxy, error), null)
    }
    if (options.protocol === 'https:') secure({ ...options, httpSocket: socket }, callback)
    else callback(null, socket)
  }

  return (options, callback) => void connect(options, callback)
}

function targetOf({ protocol, hostname, port }: buildConnector.Options): Target {
  const usualPort = protocol === 'https:' ? 443 : 80
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port) || usualPort }
}

async function openTunnel(proxy: ProxyAddress, target: Target, timeoutMs: number): Promise<Socket> {
  const socket = await (proxy.kind === 'socks5' ? throughSocks : throughHttp)(
    proxy,
    target,
    timeoutMs,
  )
  return socket.setNoDelay(true).setKeepAlive(true, 60_000)
}

/** The name of the target is resolved by the proxy, as it is with the others. */
async function throughSocks(
  { host, port, user, password }: ProxyAddress,
  destination: Target,
  timeout: number,
): Promise<Socket> {
  const entry = user === '' ? {} : { userId: user, password }
  const { socket } = await SocksClient.createConnection({
    proxy: { host, port, type: 5, ...entry },
    command: 'connect',
    destination,
    timeout,
  })
  return socket
}

function throughHttp(
  { kind, host, port, user, password }: ProxyAddress,
  target: Target,
  timeoutMs: number,
): Promise<Socket> {
  const request = kind === 'https' ? requestHttps : requestHttp
  const authority = `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`
  const entry = Buffer.from(`${user}:${password}`).toString('base64')
  const headers = {
    host: authority,
    ...(user === '' ? {} : { 'proxy-authorization': `Basic ${entry}` }),
  }
  return new Promise((resolve, reject) => {
    const asking = request({
      host,
      port,
      method: 'CONNECT',
      path: authority,
      headers,
      agent: false,
    })
    const timer = setTimeout(
      () => asking.destroy(new Error('it did not answer in time')),
      timeoutMs,
    )
    const refuse = (status: number | undefined) =>
      reject(
        new Error(status === 407 ? 'it refuses user or password' : `it answered with ${status}`),
      )
    asking.on('connect', ({ statusCode = 0 }, socket: Socket, head: Buffer) => {
      clearTimeout(timer)
      if (statusCode < 200 || statusCode > 299) {
        socket.destroy()
        return refuse(statusCode)
      }
      if (head.length > 0) socket.unshift(head)
      resolve(socket)
    })
    asking.on('response', ({ statusCode }) => {
      clearTimeout(timer)
      asking.destroy()
      refuse(statusCode)
    })
    asking.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    asking.end()
  })
}
