import { verdicts, type VerdictName } from '../../google/verdicts.ts'
import type { Settlement } from './settlement.ts'

/** Google refused a client's call because of its key or project, as the verdict says. */
export type Refusal = Pick<Settlement, 'key' | 'lane' | 'outcome' | 'now'>

/**
 * Whether a refusal counts against its key. What a client sends may be the reason that Google refuses it, so only a probe of the
 * gateway's own takes a key out of service. The first refusal starts one; meanwhile others are preferred to the key, if there are.
 */
export type Confirm = (refusal: Refusal) => boolean

export function blamesKey(verdict: VerdictName): boolean {
  const { blame } = verdicts[verdict]
  return blame === 'key' || blame === 'project'
}
