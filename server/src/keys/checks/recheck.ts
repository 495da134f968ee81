import type { Key } from '../inventory/entities.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { KeyPolicy } from '../policy.ts'
import type { KeyId } from '../types.ts'
import type { Clock } from '../../runtime/time/clock.ts'
import type { Prober } from './prober.ts'

type Deps = {
  readonly inventory: Inventory
  readonly clock: Clock
  readonly policy: () => KeyPolicy
  readonly prober: Prober
}

/** Probes keys that are out of use for a reason that may be over. */
export type Recheck = {
  /** Probes every suspect, few at once. */
  run(): Promise<void>
  close(): void
}

export function createRecheck({ inventory, clock, policy, prober }: Deps): Recheck {
  let running: Promise<void> | undefined
  const closing = new AbortController()

  async function probeAll(): Promise<void> {
    const queue = suspects(inventory, {
      now: clock.now(),
      deadRecheckMs: policy().checks.deadRecheckMs,
    })
    const worker = async () => {
      for (let id = queue.pop(); id !== undefined && !closing.signal.aborted; id = queue.pop()) {
        await prober(id)
        const next = successorOf(inventory.keys.get(id))
        if (next !== undefined) queue.push(next)
      }
    }
    await Promise.all(Array.from({ length: policy().checks.concurrency }, worker))
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

/** A dead key tells nothing about its suspended project: the next key is probed. */
function successorOf(key: Key | undefined): KeyId | undefined {
  if (key?.deadMark === undefined || key.group.project.suspension === undefined) return undefined
  const next = key.group.usable[0]
  return next?.id === key.id ? undefined : next?.id
}

/**
 * Keys that are dead because they were invalid, once a day; failing keys; and one key of each suspended project. Never a leaked
 * or blocked one.
 */
export function suspects(
  inventory: Inventory,
  { now, deadRecheckMs }: { readonly now: number; readonly deadRecheckMs: number },
): KeyId[] {
  const ids: KeyId[] = []
  for (const key of inventory.keys.values()) {
    if (!key.disabled && isSuspect(key, now - deadRecheckMs)) ids.push(key.id)
  }
  return ids
}

function isSuspect({ deadMark, cooldown, group, id }: Key, deadBefore: number): boolean {
  if (deadMark) {
    const mayPass = deadMark.verdict === 'key-invalid' || deadMark.verdict === 'key-unauthenticated'
    return mayPass && deadMark.checkedAt <= deadBefore
  }
  if (cooldown?.reason === 'failing') return true
  return group.project.suspension !== undefined && group.usable[0]?.id === id
}
