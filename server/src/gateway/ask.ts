import type { Outcome } from '../google/outcome.ts'
import type { UpstreamCall } from '../google/upstream-call.ts'
import type { Secret } from '../log/secret.ts'
import { neverAborted } from '../runtime/streams/client-signal.ts'
import type { AttemptOptions } from './attempt.ts'
import type { InspectedAnswer } from './hold-back/exchange.ts'

export type AskDeps = {
  readonly attempt: (call: UpstreamCall, options: AttemptOptions) => Promise<InspectedAnswer>
  readonly timeOutMs: number
}

/** `body` is undefined when the call failed, or when the answer is too long or was cut. */
export type Asked = { readonly outcome: Outcome; readonly body: Buffer | undefined }

const maxBytes = 4 * 1024 * 1024
const maxMs = 30_000

/** One call with one key, outside the key engine: its outcome changes nothing. Never rejects. */
export async function ask(deps: AskDeps, call: UpstreamCall, secret: Secret): Promise<Asked> {
  const ms = Math.min(maxMs, deps.timeOutMs)
  const { outcome, answer } = await deps.attempt(call, {
    secret,
    timeouts: { firstByteMs: ms, idleMs: ms },
    signal: neverAborted,
  })
  if (answer === undefined) return { outcome, body: undefined }
  const chunks: Buffer[] = []
  let length = 0
  const end = await answer.pipe({
    write(chunk: Buffer) {
      length += chunk.length
      if (length > maxBytes) answer.discard()
      else chunks.push(chunk)
      return true
    },
    onDrain: () => {},
  })
  const isWhole = end.kind === 'complete' && length <= maxBytes
  return { outcome, body: isWhole ? Buffer.concat(chunks) : undefined }
}
