import type { KeyRequest } from '../keys/types.ts'
import type { UpstreamCall } from '../google/upstream-call.ts'
import { forward, type ForwardDeps } from './forward.ts'
import { neverAborted } from '../runtime/client-signal.ts'
import { newRequestId } from '../runtime/request-id.ts'

export type OwnAnswer = { readonly status: number; readonly body: Buffer }

/** A call the gateway makes for itself, with whichever key serves: retried and judged like a client's. Rejects when none can. */
export function callGoogle(
  deps: ForwardDeps,
  call: UpstreamCall,
  ask: KeyRequest,
): Promise<OwnAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const labels = { dialect: 'own', method: call.method, caller: '', streamed: false }
    const request = { id: newRequestId(deps.clock.now()), ask, call, patienceMs: undefined, labels }
    forward(deps, request, {
      signal: neverAborted,
      async deliver(answer) {
        const sink = { write: (chunk: Buffer) => chunks.push(chunk) > 0, onDrain: () => {} }
        const ending = await answer.pipe(sink)
        if (ending.kind === 'cut') reject(ending.cause)
        else resolve({ status: answer.status, body: Buffer.concat(chunks) })
        return ending
      },
      refuse: ({ kind }) =>
        reject(new Error(`No key can be had for a call of the gateway's own: ${kind}.`)),
      fail: ({ verdict, message = '' }) =>
        reject(new Error(`A call of the gateway's own failed: ${verdict} ${message}`.trim())),
    }).catch(reject)
  })
}
