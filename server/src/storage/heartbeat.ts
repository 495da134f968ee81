import type { Kysely } from 'kysely'
import type { MetaStore } from '../runtime/meta-store.ts'
import { StartError } from '../runtime/start-error.ts'
import type { Schema } from './database/schema.ts'
import { readMeta } from './stores/meta-rows.ts'

const metaName = 'heartbeat'
const beatMs = 10_000
/** A gateway that was killed leaves its last beat behind. */
const staleMs = 3 * beatMs

export type HeartbeatDeps = {
  readonly meta: Pick<MetaStore, 'set' | 'remove'>
  readonly now: () => number
  readonly onError: (error: unknown) => void
}

/** Marks the database as used by a gateway. Returns a function that ends it. */
export async function startHeartbeat({
  meta,
  now,
  onError,
}: HeartbeatDeps): Promise<() => Promise<void>> {
  const beat = () => meta.set(metaName, String(now()))
  await beat()
  let beating: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    beating = beat().catch(onError)
  }, beatMs)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await beating
    await meta.remove(metaName).catch(onError)
  }
}

/** For what must not change a database that a gateway uses. Rejects with StartError. */
export async function refuseInUse(db: Kysely<Schema>, now: number): Promise<void> {
  const beat = await readMeta(db, metaName)
  if (beat === undefined || Math.abs(now - Number(beat)) >= staleMs) return
  throw new StartError(
    'A gateway uses this database: stop it first. If it was killed, wait half a minute.',
  )
}
