import { classifyError } from '../../google/errors/classify-error.ts'
import type { Outcome } from '../../google/outcome.ts'
import type { UpstreamCall } from '../../google/upstream-call.ts'
import { createHeldBytes } from './held-bytes.ts'
import type { Inspector, InspectorDeps } from './inspector.ts'

/** Classifies an error when its body is complete, or longer than the hold-back limit. */
export function createErrorInspector(
  deps: InspectorDeps,
  call: UpstreamCall,
  status: number,
): Inspector {
  const held = createHeldBytes()
  const classify = () =>
    classifyAnswer(deps, call, { status, bodyText: held.bytes().toString('utf8') })
  return {
    push: (chunk) => (held.add(chunk) ? classify() : undefined),
    end: classify,
  }
}

type AnsweredError = { readonly status: number; readonly bodyText: string }

/** The outcome of an error in an answer to this call. */
export function classifyAnswer(
  deps: InspectorDeps,
  { usesResource, credential }: UpstreamCall,
  error: AnsweredError,
): Outcome {
  return classifyError({ ...deps, ...error, usesResource, asBearer: credential === 'bearer' })
}
