import type { Usage } from '../../google/answers/usage-metadata.ts'
import type { UpstreamCall } from '../../google/upstream-call.ts'
import { hasError, parseAnswer, type AnswerFormat } from './answer-format.ts'
import { classifyAnswer } from './error-inspector.ts'
import { createHeldBytes } from './held-bytes.ts'
import type { Inspector, InspectorDeps } from './inspector.ts'

/** A generated answer in one piece: parsed when complete, unless it is too long to be empty. */
export function createUnaryInspector(
  deps: InspectorDeps,
  call: UpstreamCall,
  { status, format }: { readonly status: number; readonly format: AnswerFormat },
): Inspector {
  const held = createHeldBytes()
  let usage: Usage | undefined
  return {
    push: (chunk) => (held.add(chunk) ? { verdict: 'answered', status } : undefined),
    end() {
      const bytes = held.bytes()
      // Verdict and usage depend on ASCII only; decoding as latin1 costs half as much as UTF-8.
      const answer = parseAnswer(bytes.toString('latin1'))
      if (answer !== undefined && hasError(answer)) {
        return classifyAnswer(deps, call, { status: 500, bodyText: bytes.toString('utf8') })
      }
      usage = answer && format.usageIn(answer)
      const verdict = format.verdictOf(answer)
      return usage === undefined
        ? { verdict, status }
        : { verdict, status, inputTokens: usage.prompt }
    },
    usage: () => usage,
    readUsage: format.readUsage,
  }
}
