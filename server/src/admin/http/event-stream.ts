import type { ServerResponse } from 'node:http'
import type { EventBus } from '../../telemetry/events/event-bus.ts'
import { createEventWriter } from '../../telemetry/events/event-writer.ts'
import { requestIdHeader } from '../../runtime/request-id.ts'
import { adminHeaders } from '../../http/security-headers.ts'
import type { AdminCall } from './guard.ts'
import { sendProblem } from './send-error.ts'
import type { WatchIdentity } from './watch-identity.ts'

export type EventStreamDeps = {
  readonly bus: EventBus
  readonly watch: WatchIdentity
  readonly maxStreams?: number
  readonly keepAliveMs?: number
}

export type EventStreams = {
  readonly handler: (call: AdminCall) => AdminCall['reply']
  /** Ends all streams, so that a stop does not wait for them. */
  close(): void
}

const maxStreams = 32
const keepAliveMs = 15_000

const streamHeaders = {
  ...adminHeaders,
  'content-type': 'text/event-stream; charset=utf-8',
  // Proxies buffer answers without it.
  'x-accel-buffering': 'no',
}

/** Live events, for admins, until their session ends. */
export function createEventStreams(deps: EventStreamDeps): EventStreams {
  const limit = deps.maxStreams ?? maxStreams
  const open = new Set<() => void>()
  return {
    handler({ identity, request, reply }) {
      if (request.method === 'HEAD') return reply.headers(streamHeaders).send()
      if (open.size >= limit) {
        return sendProblem(reply.header('retry-after', '30'), 'too_many_streams')
      }
      reply.hijack()
      const end = stream(deps, { response: reply.raw, identity, requestId: request.id })
      open.add(end)
      reply.raw.on('close', () => open.delete(end))
      return reply
    },
    close() {
      for (const end of open) end()
    },
  }
}

type Stream = {
  readonly response: ServerResponse
  readonly identity: AdminCall['identity']
  readonly requestId: string
}

/** Returns the end of the stream. */
function stream(deps: EventStreamDeps, { response, identity, requestId }: Stream): () => void {
  response.writeHead(200, { [requestIdHeader]: requestId, ...streamHeaders })
  const writer = createEventWriter({
    write: (text) => response.write(text),
    onDrain: (resume) => void response.on('drain', resume),
  })
  writer.write({ kind: 'hello', data: {} })
  const end = () => void response.end()
  const unsubscribe = deps.bus.subscribe(writer.write)
  const unwatch = deps.watch(identity, end)
  const beat = setInterval(writer.keepAlive, deps.keepAliveMs ?? keepAliveMs)
  response.on('close', () => {
    clearInterval(beat)
    unsubscribe()
    unwatch()
  })
  return end
}
