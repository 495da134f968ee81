import { createHeldBytes } from './held-bytes.ts'
import type { Inspector } from './inspector.ts'

/** An answer without generated content: only an empty body counts as empty. */
export function createPlainInspector(status: number): Inspector {
  const held = createHeldBytes()
  return {
    push: (chunk) => (held.add(chunk) ? { verdict: 'answered', status } : undefined),
    end: () => ({
      verdict: held.bytes().length === 0 && status === 200 ? 'answer-empty' : 'answered',
      status,
    }),
  }
}
