import type { Kysely } from 'kysely'
import type { MetaStore } from '../runtime/meta-store.ts'
import { readMeta } from './stores/meta-rows.ts'
import type { Schema } from './database/schema.ts'

const metaName = 'heartbeat'
const beatMs = 10_000
/** A gateway that was killed leaves its last beat behind. */
const staleMs = 3 * beatMs

export type HeartbeatDeps = {
  readonly meta: Pick<MetaStore, 'set' | 'remove'>
  readonly now: () => number
  readonly onError: (error: unknown) => void
}

/** Lets whoever opens the database see that a gateway uses it. Answers the end of it. */
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

/** Whether a gateway seems to use the database. */
export async function isInUse(db: Kysely<Schema>, now: number): Promise<boolean> {
  const beat = await readMeta(db, metaName)
  return beat !== undefined && Math.abs(now - Number(beat)) < staleMs
}
