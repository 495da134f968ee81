import { type Confirm } from '../effects/refusals.ts'
import type { VerdictName } from '../../google/verdicts.ts'
import { blamesKey, undoRefusal } from '../effects/doubt.ts'
import type { Refusal } from '../effects/refusals.ts'
import type { EngineContext } from '../inventory/engine-context.ts'
import type { Key } from '../inventory/entities.ts'
import type { Probe, Prober } from './prober.ts'

type Probed = { readonly at: number; result: 'pending' | 'confirmed' | 'refuted' }

type Deps = {
  readonly context: EngineContext
  readonly prober: Prober
  readonly probe: Probe
}

export function createConfirmation({ context, prober, probe }: Deps): Confirm {
  const probed = new WeakMap<Key, Probed>()

  async function confirm(refusal: Refusal, last: Probed): Promise<void> {
    let verdict: VerdictName | undefined
    const isGood = await prober(refusal.key.id, async (id) => {
      const outcome = await probe(id)
      verdict = outcome?.verdict
      return outcome
    })
    const confirmed = !isGood && verdict !== undefined && blamesKey(verdict)
    last.result = confirmed ? 'confirmed' : 'refuted'
    if (!confirmed) undoRefusal(refusal, context)
  }

  return (refusal) => {
    const { key } = refusal
    const now = context.now()
    const { probeEveryMs } = context.policy().failures.doubted
    const known = probed.get(key)
    if (known && now - known.at < probeEveryMs) {
      if (known.result === 'refuted') undoRefusal(refusal, context)
      return false
    }
    const last: Probed = { at: now, result: 'pending' }
    probed.set(key, last)
    void confirm(refusal, last)
    return true
  }
}
