import type { StreamEnd } from '../../gateway/answer.ts'
import type { GatewayRequest } from '../../gateway/request.ts'
import type { Outcome } from '../../google/outcome.ts'
import type { ClientSignal } from '../../runtime/client-signal.ts'
import type { Headers } from '../../runtime/headers.ts'
import type { Sink } from '../../runtime/sink.ts'
import { googleFailure, noKeyFailure, outcomeFailure, type Failure } from '../failures.ts'
import type { DialectServices } from '../services.ts'

/** How a call to Google ended, for its reader. */
export type CallEnd =
  | StreamEnd
  | RefusedCall
  /** The client left. */
  | { readonly kind: 'left' }

/** There was no answer to read. */
export type RefusedCall = {
  readonly kind: 'refused'
  readonly failure: Failure
  /** How the last attempt ended; undefined when there was no key for one. */
  readonly last: Outcome | undefined
}

export type CallReader = {
  readonly signal: ClientSignal
  /** Takes the bytes of a good answer as they come. */
  readonly sink: Sink
  /** Called once, before the first byte. */
  readonly begin?: (headers: Headers) => void
}

/** One request to Google, with all its attempts: a good answer goes to the reader, a bad one comes back as a failure. */
export async function readCall(
  { gateway, scrub, now }: Pick<DialectServices, 'gateway' | 'scrub' | 'now'>,
  request: GatewayRequest,
  { signal, sink, begin }: CallReader,
): Promise<CallEnd> {
  let end: StreamEnd | undefined
  let failure: Failure | undefined
  const { last } = await gateway.forward(request, {
    signal,
    async deliver(answer) {
      if (answer.status < 400) {
        begin?.(answer.headers)
        end = await answer.pipe(sink)
        return end
      }
      const held = createCollector()
      const ended = await answer.pipe(held.sink)
      // Google's error texts can repeat the key they are about.
      failure = googleFailure(answer.status, scrub(held.bytes().toString('utf8')))
      return ended
    },
    refuse(reason) {
      failure = noKeyFailure(reason, request.key.model, now())
    },
    fail(outcome) {
      failure = outcomeFailure(outcome)
    },
  })
  if (signal.aborted) return { kind: 'left' }
  return failure === undefined ? (end ?? { kind: 'left' }) : { kind: 'refused', failure, last }
}

/** Keeps everything: Google bounds what is read whole. */
export function createCollector(): { sink: Sink; bytes(): Buffer } {
  const chunks: Buffer[] = []
  return {
    sink: {
      write: (chunk) => {
        chunks.push(chunk)
        return true
      },
      onDrain: () => {},
    },
    bytes: () => Buffer.concat(chunks),
  }
}
