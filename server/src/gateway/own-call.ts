import { uncounted } from '../auth/clients/admission.ts'
import { failureWords } from '../google/errors/failure-words.ts'
import type { UpstreamCall } from '../google/upstream-call.ts'
import { verdicts } from '../google/verdicts.ts'
import type { KeyRequest, NoKeyReason } from '../keys/types.ts'
import { neverAborted } from '../runtime/streams/client-signal.ts'
import { newRequestId } from '../runtime/request-id.ts'
import { forward, type ForwardDeps } from './forward.ts'

export type OwnAnswer = { readonly status: number; readonly body: Buffer }

/** A call on the gateway's own behalf, retried and inspected like a client's. Rejects when no key can serve it. */
export function callGoogle(
  deps: ForwardDeps,
  call: UpstreamCall,
  key: KeyRequest,
): Promise<OwnAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const request = {
      id: newRequestId(deps.clock.now()),
      admitted: uncounted,
      key,
      call,
      labels: { dialect: 'own', method: call.method, caller: '', streamed: false },
    }
    forward(deps, request, {
      signal: neverAborted,
      async deliver(answer) {
        const sink = { write: (chunk: Buffer) => chunks.push(chunk) > 0, onDrain: () => {} }
        const end = await answer.pipe(sink)
        if (end.kind === 'cut') reject(end.cause)
        else resolve({ status: answer.status, body: Buffer.concat(chunks) })
        return end
      },
      refuse: (reason) => reject(new Error(sentenceOf(reason))),
      fail: ({ verdict, reason, message = verdicts[verdict].meaning }) =>
        reject(new Error(`The gateway's own call failed: ${failureWords({ reason, message })}.`)),
    }).catch(reject)
  })
}

function sentenceOf({ kind }: NoKeyReason): string {
  switch (kind) {
    case 'egress-down':
      return 'Google cannot be reached.'
    case 'no-keys':
      return 'The gateway has no keys.'
    default:
      return `The gateway has no key for its own call: ${kind}.`
  }
}
