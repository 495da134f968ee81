import type { Admission } from '../../../auth/clients/admission.ts'
import type { ForwardDeps } from '../../../gateway/forward.ts'

const noAdmission = { ok: true, release: () => {} } as const

export type AdmittedOnce = {
  readonly forward: ForwardDeps
  /** Whether the client may have no answer, by the rules of its token. */
  readonly isRefused: () => boolean
  readonly release: () => void
}

/** One request of a client may be served in two ways, one after the other; for its token it stays one request. */
export function admitOnce(forward: ForwardDeps): AdmittedOnce {
  let held: Extract<Admission, { ok: true }> | undefined
  let admitted: string | undefined
  let refused = false
  return {
    forward: {
      ...forward,
      admit(request) {
        if (held !== undefined && admitted === request.ask.model) return noAdmission
        const admission = forward.admit(request)
        refused = !admission.ok
        if (!admission.ok || held !== undefined) return admission
        held = admission
        admitted = request.ask.model
        return noAdmission
      },
    },
    isRefused: () => refused,
    release: () => held?.release(),
  }
}
