import type { StreamEnd } from '../../gateway/answer.ts'
import type { Sink } from '../../runtime/sink.ts'
import type { Headers } from '../../runtime/headers.ts'
import { forward, type ForwardDeps, type GatewayRequest } from '../../gateway/forward.ts'
import type { ClientSignal } from '../../runtime/client-signal.ts'
import { refusalAnswer } from '../gemini/errors.ts'
import { fromFailure, fromGoogleAnswer, type OpenAiError } from '../openai/errors.ts'

/** How a call to Google ended, for whoever reads it. */
export type CallEnd =
  | StreamEnd
  /** There was no answer to read, and this is why. */
  | { readonly kind: 'refused'; readonly error: OpenAiError }
  | { readonly kind: 'left' }

export type CallReader = {
  readonly signal: ClientSignal
  /** Takes the bytes of a good answer as they come. */
  readonly sink: Sink
  /** Told once, before the first byte. */
  readonly begin?: (headers: Headers) => void
}

type ReadDeps = { readonly forward: ForwardDeps; readonly scrub: (text: string) => string }

/** One request to Google, with all its attempts, whose good answer goes to the reader and whose bad one comes back as an error. */
export async function readCall(
  deps: ReadDeps,
  request: GatewayRequest,
  reader: CallReader,
): Promise<CallEnd> {
  let end: CallEnd = { kind: 'left' }
  await forward(deps.forward, request, {
    signal: reader.signal,
    async deliver(answer) {
      if (answer.status < 400) {
        reader.begin?.(answer.headers)
        const ending = await answer.pipe(reader.sink)
        end = ending
        return ending
      }
      const held = collector()
      const ending = await answer.pipe(held.sink)
      // Google's error texts can repeat the key they are about.
      const text = deps.scrub(held.bytes().toString('utf8'))
      end = { kind: 'refused', error: fromGoogleAnswer(answer.status, text) }
      return ending
    },
    refuse(refusal) {
      const { status, body } = refusalAnswer(refusal, request.ask.model, deps.forward.clock.now())
      end = { kind: 'refused', error: fromGoogleAnswer(status, body) }
    },
    fail(outcome) {
      end = { kind: 'refused', error: fromFailure(outcome) }
    },
  })
  return reader.signal.aborted ? { kind: 'left' } : end
}

/** Keeps everything: what is read whole has been bounded by Google. */
export function collector(): { sink: Sink; bytes(): Buffer } {
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
