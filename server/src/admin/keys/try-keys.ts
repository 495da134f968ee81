import type { Outcome } from '../../google/outcome.ts'
import type { Auditor } from '../audit/auditor.ts'
import type { Handlers } from '../handlers.ts'

export type TryKeysDeps = {
  /** Asks Google about a key, and lets what it says count for nothing. */
  readonly tryKey: (value: string) => Promise<Outcome>
  readonly triedAtOnce: () => number
  readonly audit: Auditor
}

/** Keys looked at before anybody stores them. */
export function tryKeysHandlers({
  tryKey,
  triedAtOnce,
  audit,
}: TryKeysDeps): Pick<Handlers, 'tryKeys'> {
  return {
    async tryKeys({ keys }, by) {
      const values = [...new Set(keys)]
      await audit(by, { action: 'keys-verified', subject: `${values.length} keys of nobody's` })
      const good = new Set<string>()
      const failed: Record<string, string> = {}
      const queue = values.values()
      const worker = async () => {
        for (const value of queue) {
          const { verdict, message } = await tryKey(value)
          if (verdict === 'answered') good.add(value)
          else failed[value] = message ?? verdict
        }
      }
      await Promise.all(Array.from({ length: triedAtOnce() }, worker))
      return {
        successful_keys: values.filter((value) => good.has(value)),
        failed_keys: failed,
        valid_count: good.size,
        invalid_count: values.length - good.size,
      }
    },
  }
}
