import type { FastifyInstance } from 'fastify'
import { StartError } from '../runtime/start-error.ts'

/** Opens the port; returns the address. */
export async function listen(
  app: FastifyInstance,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<string> {
  try {
    await app.listen({ host, port })
  } catch (cause) {
    throw new StartError(
      `The address ${host}:${port} cannot be listened on: ${reasonOf(cause)}`,
      cause,
    )
  }
  const address = app.server.address()
  const openPort = typeof address === 'object' && address !== null ? address.port : port
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${openPort}`
}

const idleEveryMs = 100

/** Takes no more connections, and lets requests finish for so long. */
export async function closeListener(app: FastifyInstance, graceMs: number): Promise<void> {
  // A connection is idle once its last request is answered, and its client may keep it for minutes.
  const idle = setInterval(() => app.server.closeIdleConnections(), idleEveryMs)
  const end = setTimeout(() => app.server.closeAllConnections(), graceMs)
  await app.close()
  clearInterval(idle)
  clearTimeout(end)
}

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  switch (code) {
    case 'EADDRINUSE':
      return 'another program uses it. Set PORT to a free one.'
    case 'EACCES':
      return 'this user may not. Set PORT to one above 1023.'
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return 'HOST is not an address of this machine.'
    default:
      return cause instanceof Error ? cause.message : String(cause)
  }
}
