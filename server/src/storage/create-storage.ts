import { sql, type Kysely } from 'kysely'
import { setTimeout } from 'node:timers/promises'
import { inTransaction } from './database/in-transaction.ts'
import type { Schema } from './database/schema.ts'
import type { SecretBox } from './encryption/secret-box.ts'
import { createErrorStore } from './history/error-store.ts'
import type { HistoryDeps } from './history/history-deps.ts'
import { createRequestLogStore } from './history/request-log-store.ts'
import { createRetentionStore } from './history/retention-store.ts'
import { createPriceStore } from './rollups/price-store.ts'
import { createUsageStore } from './rollups/usage-store.ts'
import type { Storage } from './storage.ts'
import { createAuditStore } from './stores/audit-store.ts'
import { createClientTokenStore } from './stores/client-token-store.ts'
import { createEngineStateStore } from './stores/engine-state-store.ts'
import { createKeyStore } from './stores/key-store.ts'
import { createMetaStore } from './stores/meta-store.ts'
import { createProjectStore } from './stores/project-store.ts'
import { createRefusalStore } from './stores/refusal-store.ts'
import { createSessionStore } from './stores/session-store.ts'
import { createSettingsStore } from './stores/settings-store.ts'
import { createSignatureStore } from './stores/signature-store.ts'

export type StorageDeps = HistoryDeps & { readonly box: SecretBox }

/** All stores over one open database. */
export function createStorage(deps: StorageDeps): Storage {
  const { db, reads, now, box } = deps
  return {
    keys: createKeyStore(db, deps),
    projects: createProjectStore(db, now),
    engineState: createEngineStateStore(db, now),
    tokens: createClientTokenStore(db),
    sessions: createSessionStore(db),
    settings: createSettingsStore(db, deps),
    requestLog: createRequestLogStore(deps),
    errors: createErrorStore(deps),
    usage: createUsageStore(deps),
    prices: createPriceStore(db),
    audit: createAuditStore(db),
    refusals: createRefusalStore(db),
    retention: createRetentionStore(db),
    signatures: createSignatureStore(db),
    meta: createMetaStore(db, box),
    atOnce: (work) =>
      inTransaction(db, (step) => work(createStorage({ ...deps, db: step, reads: step }))),
    isReady: () => isReady(db),
    async close() {
      if (reads !== db) await reads.destroy()
      await db.destroy()
    },
  }
}

const readyMs = 3000

async function isReady(db: Kysely<Schema>): Promise<boolean> {
  const isAnswered = sql`select 1`.execute(db).then(
    () => true,
    () => false,
  )
  return Promise.race([isAnswered, setTimeout(readyMs, false, { ref: false })])
}
