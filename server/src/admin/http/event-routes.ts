import type { ServerResponse } from 'node:http'
import type { AdminIdentity } from '../../auth/admins/admin-access.ts'
import type { EventBus } from '../../telemetry/events/event-bus.ts'
import { createEventWriter } from '../../telemetry/events/event-writer.ts'
import { problem, type AdminCall } from './admin-frame.ts'
import { adminHeaders } from '../../http/security-headers.ts'

export type EventRoutesDeps = {
  readonly bus: EventBus
  /** Calls back when what let somebody in is no longer so. Returns the end of the watch. */
  readonly watch: (access: AdminIdentity, ended: () => void) => () => void
  /** How many may look on at a time. */
  readonly limit?: number
  readonly keepAliveMs?: number
}

export type EventStreams = {
  readonly handler: (call: AdminCall) => AdminCall['reply']
  /** Ends all, for a stop that need not wait for them. */
  close(): void
}

const mostStreams = 32
const keepAliveMs = 15_000

/** What happens, to whoever may see it, for as long as they may. */
export function createEventStreams(deps: EventRoutesDeps): EventStreams {
  const { limit = mostStreams } = deps
  const open = new Set<() => void>()
  return {
    handler({ access, reply }) {
      if (open.size >= limit) {
        const words = `At most ${limit} may watch at a time: close another page.`
        return reply.code(429).header('retry-after', '30').send(problem('busy', words))
      }
      reply.hijack()
      const end = stream(deps, reply.raw, access)
      open.add(end)
      reply.raw.on('close', () => open.delete(end))
      return reply
    },
    close() {
      for (const end of open) end()
    },
  }
}

/** Returns what ends it. */
function stream(
  deps: EventRoutesDeps,
  response: ServerResponse,
  access: AdminIdentity,
): () => void {
  response.writeHead(200, {
    ...adminHeaders,
    'content-type': 'text/event-stream; charset=utf-8',
    // Proxies keep what they are not told to let through.
    'x-accel-buffering': 'no',
  })
  const writer = createEventWriter({
    write: (text) => response.write(text),
    onDrain: (resume) => void response.on('drain', resume),
  })
  writer.write({ kind: 'hello', data: {} })
  const end = () => void response.end()
  const unsubscribe = deps.bus.subscribe(writer.write)
  const unwatch = deps.watch(access, end)
  const beat = setInterval(writer.keepAlive, deps.keepAliveMs ?? keepAliveMs)
  response.on('close', () => {
    clearInterval(beat)
    unsubscribe()
    unwatch()
  })
  return end
}
