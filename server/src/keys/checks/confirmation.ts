import type { Outcome } from '../../google/outcome.ts'
import { blamesKey, type Confirm, type Refusal } from '../effects/doubt.ts'
import { coolKey, reviveKey } from '../effects/penalties.ts'
import type { EngineContext } from '../inventory/engine-context.ts'
import type { Key } from '../inventory/entities.ts'
import type { Probe, ProbeCall } from '../types.ts'
import type { Prober } from './prober.ts'

type Deps = {
  readonly context: EngineContext
  readonly prober: Prober
  readonly probe: Probe
}

type Confirmed = {
  readonly startedAt: number
  readonly heldBack: boolean
  /** When the key was last asked for an answer, which costs its project one request. */
  askedAt: number
  isConfirmed: boolean
}

/** Probes at once. A refusal beyond that is forgotten; the next one of the same key starts the probe. */
const mostAtOnce = 16
/** Of the keys, how many may be held back at once while they are probed. */
const mostHeldBack = 1 / 4

export function createConfirmation({ context, prober, probe }: Deps): Confirm {
  const confirmed = new WeakMap<Key, Confirmed>()
  let running = 0
  let heldBack = 0

  /** Whether Google refuses the key; undefined when it could not be asked. */
  async function isRefused({ key }: Refusal, call?: ProbeCall): Promise<boolean | undefined> {
    let outcome: Outcome | undefined
    await prober(key.id, async (id) => (outcome = await probe(id, call)))
    // Another probe of the key may have been under way, and told.
    if (key.deadMark || key.group.project.suspension) return true
    return outcome && blamesKey(outcome.verdict)
  }

  /** Requests take other keys while a key is probed. */
  function holdBack(refusal: Refusal): boolean {
    const { key } = refusal
    if (heldBack + 1 > context.inventory.keys.size * mostHeldBack) return false
    if (key.cooldown || key.deadMark) return false
    heldBack += 1
    const forMs = context.policy().failures.doubted.heldBackMs
    coolKey(context, key, { ...refusal, reason: 'held-back', forMs })
    return true
  }

  function end({ key }: Refusal, state: Confirmed): void {
    running -= 1
    if (!state.heldBack) return
    heldBack -= 1
    const { cooldown } = key
    if (cooldown?.reason !== 'held-back' || cooldown.since !== state.startedAt) return
    if (!state.isConfirmed) reviveKey(context, key)
  }

  async function confirm(refusal: Refusal, state: Confirmed): Promise<void> {
    state.isConfirmed = (await isRefused(refusal)) ?? false
    const { table } = refusal.lane
    // Some refusals are for answers only: prepaid money is spent, or a restriction leaves the other methods open.
    const now = context.now()
    const { answerEveryMs } = context.policy().failures.doubted
    if (state.isConfirmed || now - state.askedAt < answerEveryMs) return
    state.askedAt = now
    const model = context.tables.isProved(table) ? table.name : undefined
    state.isConfirmed = (await isRefused(refusal, { model, generates: true })) ?? false
  }

  return (refusal) => {
    const { key } = refusal
    const now = context.now()
    const { probeEveryMs } = context.policy().failures.doubted
    const known = confirmed.get(key)
    if (known && now - known.startedAt < probeEveryMs) return known.isConfirmed
    if (running >= mostAtOnce) return false
    const state: Confirmed = {
      startedAt: now,
      heldBack: holdBack(refusal),
      askedAt: known?.askedAt ?? -Infinity,
      isConfirmed: false,
    }
    confirmed.set(key, state)
    running += 1
    void confirm(refusal, state).finally(() => end(refusal, state))
    return false
  }
}
