import { createServer as createHttpServer } from 'node:http'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

export type TestProxy = {
  readonly url: string
  /** The requested targets, `host:port`, in order. */
  readonly asked: readonly string[]
  /** Closes all connections, and new ones at once. */
  fail(): void
  recover(): void
  close(): Promise<void>
}

export type ProxyOptions = {
  readonly user?: string | undefined
  readonly password?: string | undefined
  /** Where connections really go, since tests have no DNS names; undefined where the proxy reaches nothing. */
  readonly leadsTo: string | ((authority: string) => string | undefined)
}

/** A proxy that speaks CONNECT. */
export async function startHttpProxy({
  user,
  password,
  leadsTo,
}: ProxyOptions): Promise<TestProxy> {
  const rig = createRig(leadsTo)
  const expected =
    user === undefined
      ? undefined
      : `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  const server = createHttpServer((_request, response) => void response.writeHead(405).end())
  server.on('connect', ({ headers, url = '' }, client: Socket) => {
    if (headers['proxy-authorization'] !== expected) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n')
      return
    }
    rig.lead(client, url, () => client.write('HTTP/1.1 200 Connection established\r\n\r\n'))
  })
  return rig.start(server, 'http', { user, password })
}

/** A proxy that speaks SOCKS5 (RFC 1928, 1929): no more than CONNECT by name or IPv4 address. */
export async function startSocksProxy({
  user,
  password,
  leadsTo,
}: ProxyOptions): Promise<TestProxy> {
  const rig = createRig(leadsTo)
  const method = user === undefined ? 0 : 2
  async function serve(client: Socket): Promise<void> {
    const read = reader(client)
    const [, methods = 0] = await read(2)
    const offered = await read(methods)
    if (!offered.includes(method)) return void client.end(Buffer.from([5, 255]))
    client.write(Buffer.from([5, method]))
    if (method === 2) {
      const [, userLength = 0] = await read(2)
      const itsUser = (await read(userLength)).toString()
      const [passwordLength = 0] = await read(1)
      const itsPassword = (await read(passwordLength)).toString()
      const isRight = itsUser === user && itsPassword === password
      client.write(Buffer.from([1, isRight ? 0 : 1]))
      if (!isRight) return void client.end()
    }
    const [, , , kind] = await read(4)
    const host =
      kind === 3 ? (await read((await read(1))[0] ?? 0)).toString() : [...(await read(4))].join('.')
    const port = (await read(2)).readUInt16BE()
    client.pause()
    rig.lead(client, `${host}:${port}`, () =>
      client.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0])),
    )
  }
  const server = createServer((client) => void serve(client).catch(() => client.destroy()))
  return rig.start(server, 'socks5', { user, password })
}

/** The part that both kinds share. */
function createRig(leadsTo: ProxyOptions['leadsTo']) {
  const asked: string[] = []
  const open = new Set<Socket>()
  let isFailing = false
  const keep = (socket: Socket) => {
    open.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => open.delete(socket))
  }
  return {
    lead(client: Socket, authority: string, welcome: () => void): void {
      asked.push(authority)
      const url = typeof leadsTo === 'string' ? leadsTo : leadsTo(authority)
      if (url === undefined) return void client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
      const { hostname, port } = new URL(url)
      const target = connect(Number(port), hostname, () => {
        welcome()
        target.pipe(client)
        client.pipe(target)
      })
      keep(target)
      target.on('close', () => client.destroy())
      client.on('close', () => target.destroy())
    },
    async start(
      server: Server,
      scheme: string,
      { user, password }: Pick<ProxyOptions, 'user' | 'password'>,
    ): Promise<TestProxy> {
      server.on('connection', (client: Socket) => {
        keep(client)
        if (isFailing) client.destroy()
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const own = portOf(server.address())
      const entry = user === undefined ? '' : `${user}:${encodeURIComponent(password ?? '')}@`
      const dropAll = () => {
        for (const socket of open) socket.destroy()
      }
      return {
        url: `${scheme}://${entry}127.0.0.1:${own}`,
        asked,
        fail() {
          isFailing = true
          dropAll()
        },
        recover: () => void (isFailing = false),
        async close() {
          dropAll()
          await new Promise((resolve) => server.close(resolve))
        },
      }
    },
  }
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('It listens on no port.')
  return address.port
}

/** Reads exactly `length` bytes. */
function reader(socket: Socket) {
  return async (length: number): Promise<Buffer> => {
    if (length === 0) return Buffer.alloc(0)
    for (;;) {
      const bytes: Buffer | null = socket.read(length)
      if (bytes !== null && bytes.length === length) return bytes
      await new Promise<void>((resolve, reject) => {
        socket.once('readable', resolve)
        socket.once('close', () => reject(new Error('closed')))
      })
    }
  }
}
