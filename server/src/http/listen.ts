import type { FastifyInstance } from 'fastify'
import { StartError } from '../runtime/start-error.ts'

/** Connections that may wait to be accepted. Node's default of 511 overflows when thousands come at once; the kernel has its own limit. */
const backlog = 16_384

/** Opens the port and returns the URL. */
export async function listen(
  app: FastifyInstance,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<string> {
  try {
    await app.listen({ host, port, backlog })
  } catch (cause) {
    throw new StartError(`Cannot listen on ${host}:${port}: ${reasonOf(cause)}`, cause)
  }
  const address = app.server.address()
  const openPort = typeof address === 'object' && address !== null ? address.port : port
  const shown = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${openPort}`
}

const closeIdleMs = 100

/** Accepts no more connections, and lets requests finish for `graceMs`. */
export async function closeListener(app: FastifyInstance, graceMs: number): Promise<void> {
  // A client may keep an idle connection open for minutes.
  const idle = setInterval(() => app.server.closeIdleConnections(), closeIdleMs)
  const end = setTimeout(() => app.server.closeAllConnections(), graceMs)
  await app.close()
  clearInterval(idle)
  clearTimeout(end)
}

function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  switch (code) {
    case 'EADDRINUSE':
      return 'another program uses the port. Set PORT to a free one.'
    case 'EACCES':
      return 'this user may not open the port. Set PORT above 1023.'
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return 'HOST is not an address of this machine.'
    default:
      return cause instanceof Error ? cause.message : String(cause)
  }
}
