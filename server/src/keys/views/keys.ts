import type { EngineContext } from '../inventory/engine-context.ts'
import type { Key } from '../inventory/entities.ts'
import type { KeyId } from '../types.ts'
import type { KeyFilter, KeyGlance, KeySnapshot, Paged } from '../views.ts'
import { keyStateOf } from './counts.ts'
import { paged } from './paged.ts'

type View = { readonly now: number; readonly inPool: (id: KeyId) => boolean }

export function snapshotKeys(
  context: EngineContext,
  filter: KeyFilter,
  view: View,
): Paged<KeySnapshot> {
  const { state, project } = filter
  const keys = [...context.inventory.keys.values()].filter(
    (key) =>
      (project === undefined || key.group.project.id === project) &&
      (state === undefined || keyStateOf(key, view.now) === state),
  )
  return paged(keys, filter, (key) => snapshotKey(key, view))
}

export function snapshotKey(key: Key, { now, inPool }: View): KeySnapshot {
  const { project } = key.group
  return {
    id: key.id,
    project: project.id,
    projectSource: key.projectSource,
    paid: project.paid,
    priority: key.priority,
    weight: key.weight,
    allowedModels: key.allowedModels && [...key.allowedModels],
    state: keyStateOf(key, now),
    because: becauseOf(key),
    streak: key.streak,
    inFlight: key.inFlight,
    inPool: inPool(key.id),
    lastUsedAt: key.lastUsedAt || undefined,
    lastAnsweredAt: key.lastAnsweredAt || undefined,
  }
}

export function glanceAt(key: Key, now: number): KeyGlance {
  return {
    state: keyStateOf(key, now),
    project: key.group.project.id,
    priority: key.priority,
    weight: key.weight,
    streak: key.streak,
    lastUsedAt: key.lastUsedAt || undefined,
  }
}

function becauseOf({ deadMark, cooldown, group }: Key): KeySnapshot['because'] {
  if (deadMark) {
    const { verdict, at, message } = deadMark
    return { verdict, since: at, until: undefined, message }
  }
  const { suspension } = group.project
  if (suspension) {
    const { since, until, reason, message } = suspension
    return { verdict: reason, since, until, message }
  }
  if (!cooldown) return undefined
  const { since, until, reason, verdict } = cooldown
  return { verdict, reason, since, until, message: undefined }
}
