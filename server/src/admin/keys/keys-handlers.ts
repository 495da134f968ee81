import type { KeyEngine } from '../../keys/engine.ts'
import type { Handlers } from '../handlers.ts'

type KeysEndpoints =
  | 'getKeys'
  | 'resetKey'
  | 'getLanes'
  | 'resetLane'
  | 'getPool'
  | 'explain'
  | 'getDecisions'

/** What the key engine knows, shown; and the one call that clears what is held against a key or a lane. */
export function keysHandlers(engine: KeyEngine): Pick<Handlers, KeysEndpoints> {
  return {
    getKeys: async ({ state, project, ...page }) =>
      shown(
        engine.snapshotKeys({
          ...page,
          ...(state === undefined ? {} : { state }),
          ...(project === undefined ? {} : { project }),
        }),
      ),
    resetKey: async ({ key }) => ({ done: engine.reset(key) }),
    getLanes: async ({ lane, project, ...page }) =>
      shown(
        engine.snapshotLanes({
          ...page,
          ...(lane === undefined ? {} : { lane }),
          ...(project === undefined ? {} : { project }),
        }),
      ),
    resetLane: async ({ project, lane }) => ({ done: engine.resetLane(project, lane) }),
    getPool: async () => ({ ...engine.poolStatus() }),
    explain: async ({ model, tokens, paidOnly }) => ({
      ...engine.explain({ lane: model, model, estimatedInputTokens: tokens, paidOnly }),
    }),
    getDecisions: async () => ({ decisions: engine.decisions().map((one) => ({ ...one })) }),
  }
}

function shown<T extends object>({ total, rows }: { total: number; rows: readonly T[] }) {
  return { total, rows: rows.map((row) => ({ ...row })) }
}
