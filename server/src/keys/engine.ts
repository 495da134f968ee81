import type { Clock, Random } from '../runtime/time/clock.ts'
import { startChecks, type KeyChecks } from './checks/key-checks.ts'
import type { EmitKeyEvent } from './events.ts'
import { createControl, type KeyControl } from './inventory/control.ts'
import { createContext } from './inventory/create-context.ts'
import type { KeyPolicy } from './policy.ts'
import { Pool } from './pool/pool.ts'
import { createConversations } from './selection/affinity.ts'
import { peek } from './selection/choose.ts'
import { createDecisions } from './selection/decisions.ts'
import { explain } from './selection/explain.ts'
import { createKeys } from './selection/keys.ts'
import { createReservations } from './selection/reservations.ts'
import { createSelection } from './selection/selection.ts'
import { createChanges } from './state/changes.ts'
import { createState, type EngineState } from './state/state.ts'
import type { KeyRequest, Keys, Probe, ProjectFiles, EgressTrials } from './types.ts'
import type { KeyViews } from './views.ts'
import { createViews } from './views/create-views.ts'

export type EngineDeps = {
  readonly clock: Clock
  readonly random: Random
  readonly policy: () => KeyPolicy
  readonly onEvent?: EmitKeyEvent
}

/** The engine, member by member: each user is handed the part it needs. */
export type KeyEngine = {
  /** For the gateway. */
  readonly keys: Keys
  /** For the operator. */
  readonly control: KeyControl
  /** For pages, metrics and `/ready`. */
  readonly views: KeyViews
  /** For restarts and replicas. */
  readonly state: EngineState
  /** Starts probes and pool maintenance. `preload` on what it returns fills the pool. */
  startChecks(probe: Probe, files?: ProjectFiles, trials?: EgressTrials): KeyChecks
  close(): void
}

export function createKeyEngine({ clock, random, policy, onEvent }: EngineDeps): KeyEngine {
  const changes = createChanges()
  let checks: KeyChecks | undefined
  let wakesOthers = false
  const pool = new Pool({
    policy: () => policy().pool,
    random,
    now: () => clock.now(),
    onLoss: (loss) => checks?.maintainer.lost(loss),
  })
  const context = createContext({
    clock,
    random,
    policy,
    changes,
    pool,
    emit: safely(onEvent),
    wakesOthers: () => (wakesOthers = true),
    confirm: (refusal) => checks?.confirm(refusal) ?? true,
  })
  const { inventory, lanes } = context
  const conversations = createConversations(() => policy().affinity)
  const decisions = createDecisions(policy().capacity.decisions)
  const reservations = createReservations(context)
  const selection = createSelection({ inventory, lanes, conversations, pool })
  const parts = { context, clock, random, pool, conversations, decisions, reservations, selection }
  const { keys, waiting } = createKeys({
    ...parts,
    egressWatch: () => checks?.egressWatch,
    takeWakesOthers() {
      const taken = wakesOthers
      wakesOthers = false
      return taken
    },
  })

  return {
    keys,
    control: createControl({
      context,
      changed() {
        waiting.wake()
        checks?.survey?.soon()
      },
      removeFromPool: (key) => pool.remove(key),
    }),
    views: {
      ...createViews({ context, clock, pool, waiting }),
      decisions: () => decisions.list(),
      explain(wanted: KeyRequest) {
        const now = clock.now()
        return explain(context, { wanted, now, answer: peek(context, selection, { wanted, now }) })
      },
    },
    state: createState({ context, changes }),
    startChecks(probe, files, trials) {
      checks?.close()
      checks = startChecks({ ...parts, probe, files, trials, waiting })
      return checks
    },
    close() {
      checks?.close()
      waiting.close()
    },
  }
}

/** A listener that throws must not make a settlement fail: the error becomes a process warning. */
function safely(listen: EmitKeyEvent = () => {}): EmitKeyEvent {
  return (event) => {
    try {
      listen(event)
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error))
    }
  }
}
