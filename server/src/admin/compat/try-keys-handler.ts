import type { Auditor } from '../audit/auditor.ts'
import type { Handlers } from '../handlers.ts'
import { tryKeys, type TryKeysDeps } from '../keys/try-keys.ts'

export type TryKeysHandlerDeps = TryKeysDeps & { readonly audit: Auditor }

/** Keys tried before they are stored. */
export function compatTryKeysHandler(deps: TryKeysHandlerDeps): Pick<Handlers, 'tryKeys'> {
  return {
    async tryKeys({ keys }, by) {
      const values = [...new Set(keys)]
      const subject = `${values.length} keys that are not stored`
      await deps.audit(by, { action: 'keys-verified', subject })
      const outcomes = await tryKeys(deps, values)
      const failed: Record<string, string> = {}
      for (const [value, { verdict, message }] of outcomes) {
        if (verdict !== 'answered') failed[value] = message ?? verdict
      }
      const successful = values.filter((value) => failed[value] === undefined)
      return {
        successful_keys: successful,
        failed_keys: failed,
        valid_count: successful.length,
        invalid_count: values.length - successful.length,
      }
    },
  }
}
