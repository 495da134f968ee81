import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { connect, type Socket } from 'node:net'
import { clientToken, generateBody } from './gateway.ts'

export type HostileCall = {
  readonly path: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** The address that the gateway sees; all of 127.0.0.0/8 lead to this machine. */
  readonly address?: string
}

/** Sends one request over a connection of its own, and returns its status; 0 when the connection broke. */
export function send(
  gateway: { readonly url: string },
  { path, method = 'POST', headers = {}, body = generateBody, address }: HostileCall,
): Promise<number> {
  const { hostname, port } = new URL(gateway.url)
  return new Promise((resolve) => {
    const call = request({
      hostname,
      port,
      path,
      method,
      agent: false,
      ...(address === undefined ? {} : { localAddress: address }),
      headers: {
        'x-goog-api-key': clientToken,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        ...headers,
      },
    })
    call.on('response', (answer: IncomingMessage) => {
      answer.resume()
      answer.on('close', () => resolve(answer.statusCode ?? 0))
    })
    call.on('error', () => resolve(0))
    call.end(body)
  })
}

/** Opens a connection, writes this, and leaves it as it is. */
export async function openAndStall(
  gateway: { readonly url: string },
  text: string,
  address: string,
): Promise<Socket> {
  const { hostname, port } = new URL(gateway.url)
  const socket = connect({ host: hostname, port: Number(port), localAddress: address })
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.pause()
  socket.write(text)
  return socket
}
