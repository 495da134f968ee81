import type { EndpointInput } from '@gemini-balance/contract'
import type { KeyEngine } from '../../keys/engine.ts'
import type { KeyId } from '../../keys/port.ts'
import type { KeyPatch } from '../../storage/key-row.ts'
import type { Handlers } from '../handlers.ts'

type KeysEndpoints =
  | 'getKeys'
  | 'changeKey'
  | 'resetKey'
  | 'getLanes'
  | 'resetLane'
  | 'getPool'
  | 'explain'
  | 'getDecisions'

export type KeysHandlerDeps = {
  readonly engine: KeyEngine
  /** Stores what a person says of a key and tells the engine; false when there is no such key. */
  readonly changeKey: (key: KeyId, patch: KeyPatch) => Promise<boolean>
}

/** What the key engine knows, shown; and the one call that clears what is held against a key or a lane. */
export function keysHandlers({
  engine,
  changeKey,
}: KeysHandlerDeps): Pick<Handlers, KeysEndpoints> {
  return {
    changeKey: async ({ key, ...said }) => ({ done: await changeKey(key, patchOf(said)) }),
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
    getDecisions: async ({ request }) => ({
      decisions: engine
        .decisions()
        .filter((one) => request === undefined || one.request === request)
        .map((one) => ({ ...one })),
    }),
  }
}

function shown<T extends object>({ total, rows }: { total: number; rows: readonly T[] }) {
  return { total, rows: rows.map((row) => ({ ...row })) }
}

type Said = Omit<EndpointInput<'changeKey'>, 'key'>

/** On the wire null takes a value away; in the store undefined does. */
function patchOf({
  project,
  paid,
  priority,
  weight,
  allowedModels,
  label,
  disabled,
}: Said): KeyPatch {
  return {
    ...(project === undefined ? {} : { project: project ?? undefined, projectSource: 'operator' }),
    ...(paid === undefined ? {} : { paid: paid ?? undefined }),
    ...(priority === undefined ? {} : { priority }),
    ...(weight === undefined ? {} : { weight }),
    ...(allowedModels === undefined ? {} : { allowedModels: allowedModels ?? undefined }),
    ...(label === undefined ? {} : { label: label ?? undefined }),
    ...(disabled === undefined ? {} : { disabled }),
  }
}
