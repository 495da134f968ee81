import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Socket } from 'node:net'
import { SocksClient } from 'socks'
import { buildConnector } from 'undici'
import { failureWords } from '../../google/errors/failure-words.ts'
import type { ProxyAddress } from './proxy-address.ts'

/** The proxy is unreachable or refuses the connection. The message never contains the password. */
export class ProxyError extends Error {
  readonly code = 'PROXY_FAILED'

  constructor({ name }: ProxyAddress, cause: unknown) {
    super(`The proxy ${name} failed: ${cause instanceof Error ? reasonOf(cause) : String(cause)}`)
    this.name = 'ProxyError'
  }
}

function reasonOf(error: Error): string {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  return failureWords({ reason: code, message: code ?? error.message })
}

type Target = { readonly host: string; readonly port: number }

/** An undici connector that tunnels through a proxy. https traffic is encrypted end to end. */
export function tunnelThrough(proxy: ProxyAddress, timeoutMs: number): buildConnector.connector {
  const secure = buildConnector({ timeout: timeoutMs, allowH2: false })

  async function connect(options: buildConnector.Options, callback: buildConnector.Callback) {
    let socket: Socket
    try {
      socket = await openTunnel(proxy, targetOf(options), timeoutMs)
    } catch (error) {
      return callback(new ProxyError(proxy, error), null)
    }
    if (options.protocol === 'https:') secure({ ...options, httpSocket: socket }, callback)
    else callback(null, socket)
  }

  return (options, callback) => void connect(options, callback)
}

function targetOf({ protocol, hostname, port }: buildConnector.Options): Target {
  const defaultPort = protocol === 'https:' ? 443 : 80
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port) || defaultPort }
}

async function openTunnel(proxy: ProxyAddress, target: Target, timeoutMs: number): Promise<Socket> {
  const socket = await (proxy.kind === 'socks5' ? connectSocks : connectHttp)(
    proxy,
    target,
    timeoutMs,
  )
  return socket.setNoDelay(true).setKeepAlive(true, 60_000)
}

/** The proxy resolves the target's host name, as HTTP proxies do. */
async function connectSocks(
  { host, port, user, password }: ProxyAddress,
  destination: Target,
  timeout: number,
): Promise<Socket> {
  const auth = user === '' ? {} : { userId: user, password }
  const { socket } = await SocksClient.createConnection({
    proxy: { host, port, type: 5, ...auth },
    command: 'connect',
    destination,
    timeout,
  })
  return socket
}

function connectHttp(
  { kind, host, port, user, password }: ProxyAddress,
  target: Target,
  timeoutMs: number,
): Promise<Socket> {
  const request = kind === 'https' ? requestHttps : requestHttp
  const authority = `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`
  const auth = Buffer.from(`${user}:${password}`).toString('base64')
  const headers = {
    host: authority,
    ...(user === '' ? {} : { 'proxy-authorization': `Basic ${auth}` }),
  }
  return new Promise((resolve, reject) => {
    const connecting = request({
      host,
      port,
      method: 'CONNECT',
      path: authority,
      headers,
      agent: false,
    })
    const timer = setTimeout(
      () => connecting.destroy(new Error('it did not answer in time')),
      timeoutMs,
    )
    const refuse = (status: number | undefined) =>
      reject(
        new Error(status === 407 ? 'it refuses user or password' : `it answered with ${status}`),
      )
    connecting.on('connect', ({ statusCode = 0 }, socket: Socket, head: Buffer) => {
      clearTimeout(timer)
      if (statusCode < 200 || statusCode > 299) {
        socket.destroy()
        return refuse(statusCode)
      }
      if (head.length > 0) socket.unshift(head)
      resolve(socket)
    })
    connecting.on('response', ({ statusCode }) => {
      clearTimeout(timer)
      connecting.destroy()
      refuse(statusCode)
    })
    connecting.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    connecting.end()
  })
}
