import type { ExportedKey, KeyView } from '@gemini-balance/contract'
import type { KeySnapshot } from '../../keys/views.ts'
import type { KeyRow } from '../../keys/stores.ts'
import { maybeMoment, momentOf, momentOrNever } from '../moments.ts'

/** What the operator set for a key, and what the engine knows of it. Never its value. */
export function presentKey(row: KeyRow, known: KeySnapshot): KeyView {
  return {
    key: `…${row.lastFour}`,
    label: row.label,
    note: row.note,
    tags: row.tags,
    createdAt: momentOf(row.createdAt),
    firstUsedAt: maybeMoment(row.firstUsedAt),
    lastUsedAt: maybeMoment(lastUseOf(row, known)),
    id: known.id,
    project: known.project,
    projectSource: known.projectSource,
    paid: known.paid,
    priority: known.priority,
    weight: known.weight,
    allowedModels: known.allowedModels,
    state: known.state,
    because: known.because && presentCause(known.because),
    streak: known.streak,
    inFlight: known.inFlight,
    inPool: known.inPool,
    lastAnsweredAt: maybeMoment(known.lastAnsweredAt),
  }
}

function presentCause(because: NonNullable<KeySnapshot['because']>): KeyView['because'] {
  const { verdict, reason, since, until, message } = because
  return { verdict, reason, since: momentOf(since), until: momentOrNever(until), message }
}

/** The engine forgets at a restart, and the table is some seconds behind. */
export function lastUseOf(row: KeyRow, known: Pick<KeySnapshot, 'lastUsedAt'>): number | undefined {
  const last = Math.max(row.lastUsedAt ?? 0, known.lastUsedAt ?? 0)
  return last === 0 ? undefined : last
}

export function presentExport(row: KeyRow, withValue: boolean): ExportedKey {
  return {
    id: row.id,
    project: row.project,
    projectSource: row.projectSource,
    paid: row.paid,
    priority: row.priority,
    weight: row.weight,
    allowedModels: row.allowedModels,
    label: row.label,
    note: row.note,
    tags: row.tags,
    disabled: row.disabled,
    createdAt: momentOf(row.createdAt),
    firstUsedAt: maybeMoment(row.firstUsedAt),
    lastUsedAt: maybeMoment(row.lastUsedAt),
    key: `…${row.lastFour}`,
    value: withValue ? row.secret.reveal() : undefined,
  }
}
