import type { UpstreamCall } from '../../google/upstream-call.ts'
import { formatOf } from './answer-format.ts'
import { createErrorInspector } from './error-inspector.ts'
import type { Inspector, InspectorDeps } from './inspector.ts'
import { createPlainInspector } from './plain-inspector.ts'
import { createStreamInspector } from './stream-inspector.ts'
import { createUnaryInspector } from './unary-inspector.ts'

/** The inspector for an answer to this call with this status. */
export function inspectorFor(deps: InspectorDeps, call: UpstreamCall, status: number): Inspector {
  if (status >= 400) return createErrorInspector(deps, call, status)
  if (!call.generates) return createPlainInspector(status)
  const format = formatOf(call)
  return call.framing === 'unary'
    ? createUnaryInspector(deps, call, { status, format })
    : createStreamInspector(deps, call, { status, format })
}
