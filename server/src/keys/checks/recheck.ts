import type { Key } from '../inventory/entities.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { KeyPolicy } from '../policy.ts'
import type { KeyId } from '../types.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Prober } from './prober.ts'

type Deps = {
  readonly fleet: Inventory
  readonly clock: Clock
  readonly policy: () => KeyPolicy
  readonly prober: Prober
}

/** Looks after keys that are out of use for a reason that may have passed. */
export type Recheck = {
  /** Probes every suspect, few at once. */
  run(): Promise<void>
  close(): void
}

export function createCheckup({ fleet, clock, policy, prober }: Deps): Recheck {
  let running: Promise<void> | undefined
  const closing = new AbortController()

  async function probeAll(): Promise<void> {
    const queue = suspects(fleet, { now: clock.now(), deadRecheckMs: policy().deadRecheckMs })
    const worker = async () => {
      for (let id = queue.pop(); id !== undefined && !closing.signal.aborted; id = queue.pop()) {
        await prober(id)
        const next = successorOf(fleet.keys.get(id))
        if (next !== undefined) queue.push(next)
      }
    }
    await Promise.all(Array.from({ length: policy().probeConcurrency }, worker))
  }

  return {
    run() {
      running ??= probeAll().finally(() => (running = undefined))
      return running
    },
    close() {
      closing.abort()
    },
  }
}

/** A key that turned out to be dead says nothing of its suspended project: the next one is asked. */
function successorOf(key: Key | undefined): KeyId | undefined {
  if (key?.death === undefined || key.seat.project.suspension === undefined) return undefined
  const next = key.seat.usable[0]
  return next?.id === key.id ? undefined : next?.id
}

/**
 * Dead by an invalid key once a day, failing keys, and one key of each suspended project, whatever else ails it. Never a leaked or
 * blocked one.
 */
export function suspects(
  fleet: Inventory,
  { now, deadRecheckMs }: { readonly now: number; readonly deadRecheckMs: number },
): KeyId[] {
  const ids: KeyId[] = []
  for (const key of fleet.keys.values()) {
    if (!key.disabled && isSuspect(key, now - deadRecheckMs)) ids.push(key.id)
  }
  return ids
}

function isSuspect({ death, rest, seat, id }: Key, deadBefore: number): boolean {
  if (death) {
    const mayPass = death.verdict === 'key-invalid' || death.verdict === 'key-unauthenticated'
    return mayPass && death.checkedAt <= deadBefore
  }
  if (rest?.reason === 'failing') return true
  return seat.project.suspension !== undefined && seat.usable[0]?.id === id
}
