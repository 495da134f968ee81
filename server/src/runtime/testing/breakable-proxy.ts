import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export type BreakableProxy = {
  readonly port: number
  /** `refuse`: closes all connections and accepts none. `hang`: keeps connections open and passes no bytes. `pass`: forwards again. */
  become(mode: 'pass' | 'refuse' | 'hang'): void
  connections(): number
  close(): Promise<void>
}

/** A TCP proxy that can fail as networks do. */
export async function startBreakableProxy(target: {
  readonly host: string
  readonly port: number
}): Promise<BreakableProxy> {
  const sockets = new Set<Socket>()
  let mode: 'pass' | 'refuse' | 'hang' = 'pass'

  const track = (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // Expected: the tests break connections.
    socket.on('error', () => socket.destroy())
  }
  const server = createServer((client) => {
    track(client)
    if (mode === 'refuse') {
      client.destroy()
      return
    }
    const upstream = connect(target)
    track(upstream)
    const carry = (from: Socket, to: Socket) => {
      from.on('data', (chunk) => {
        if (mode !== 'hang') to.write(chunk)
      })
      from.on('close', () => {
        if (mode !== 'hang') to.destroy()
      })
    }
    carry(client, upstream)
    carry(upstream, client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: addressOf(server.address()).port,
    become(next) {
      // Connections that hung have lost bytes: they cannot go on.
      if (next === 'refuse' || mode === 'hang') cut()
      mode = next
    },
    connections: () => sockets.size / 2,
    async close() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (typeof address === 'object' && address !== null) return address
  throw new Error('The proxy has no port.')
}
