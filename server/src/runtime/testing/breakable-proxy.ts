import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export type BreakableProxy = {
  readonly port: number
  /**
   * `refuse`: closes all connections and accepts none. `reset`: the same, with a reset. `hang`: keeps connections open and
   * passes no bytes. `pass`: forwards again.
   */
  become(mode: Mode): void
  connections(): number
  /** Connections that clients made since the start. */
  accepted(): number
  close(): Promise<void>
}

type Mode = 'pass' | 'refuse' | 'reset' | 'hang'

/** A TCP proxy that can fail as networks do, at a given port or a free one. */
export async function startBreakableProxy(
  target: { readonly host: string; readonly port: number },
  port = 0,
): Promise<BreakableProxy> {
  const sockets = new Set<Socket>()
  let mode: Mode = 'pass'
  let accepted = 0

  const track = (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // Expected: the tests break connections.
    socket.on('error', () => socket.destroy())
  }
  const server = createServer((client) => {
    accepted += 1
    track(client)
    if (mode === 'refuse') return void client.destroy()
    if (mode === 'reset') return void client.resetAndDestroy()
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
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const cut = () => {
    for (const socket of sockets) {
      if (mode === 'reset') socket.resetAndDestroy()
      else socket.destroy()
    }
  }
  return {
    port: addressOf(server.address()).port,
    become(next) {
      // Connections that hung have lost bytes: they cannot go on.
      const mustCut = next === 'refuse' || next === 'reset' || mode === 'hang'
      mode = next
      if (mustCut) cut()
    },
    connections: () => sockets.size / 2,
    accepted: () => accepted,
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
