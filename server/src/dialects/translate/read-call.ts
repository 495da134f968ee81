import type { StreamEnd } from '../../gateway/answer.ts'
import type { GatewayRequest } from '../../gateway/request.ts'
import type { Outcome } from '../../google/outcome.ts'
import type { ClientSignal } from '../../runtime/streams/client-signal.ts'
import type { Headers } from '../../runtime/streams/headers.ts'
import type { Sink } from '../../runtime/streams/sink.ts'
import { googleFailure, noKeyFailure, outcomeFailure, type Failure } from '../failures.ts'
import type { DialectServices } from '../services.ts'

export type CallEnd =
  | StreamEnd
  | RefusedCall
  /** The client disconnected. */
  | { readonly kind: 'left' }

/** There is no good answer. */
export type RefusedCall = {
  readonly kind: 'refused'
  readonly failure: Failure
  /** Outcome of the last attempt; undefined when there was no key. */
  readonly last: Outcome | undefined
}

export type CallReader = {
  readonly signal: ClientSignal
  /** Receives the bytes of a good answer. */
  readonly sink: Sink
  /** Called once before the first byte. */
  readonly begin?: (headers: Headers) => void
}

/** Forwards a request: a good answer is written to the sink, an error is returned as a failure. */
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
      // Google's error texts can quote the key.
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

/** Collects a whole answer; Google limits its size. */
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
