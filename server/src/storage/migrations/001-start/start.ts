import type { Kysely, Migration } from 'kysely'
import { createClientTokens } from './client-tokens.ts'
import { createAudit } from './audit.ts'
import { createEngineState } from './engine-state.ts'
import { createHistory } from './history.ts'
import { createKeys } from './keys.ts'
import { createMeta } from './meta.ts'
import { createProjectLimits, createProjects } from './projects.ts'
import { createSessions } from './sessions.ts'
import { createSettings } from './settings.ts'
import { createThoughtSignatures } from './thought-signatures.ts'
import { createUsage } from './usage.ts'

/** The tables of the first release, a file for each group. */
const steps: readonly ((db: Kysely<unknown>) => Promise<void>)[] = [
  createSettings,
  createMeta,
  createEngineState,
  createKeys,
  createProjects,
  createProjectLimits,
  createClientTokens,
  createThoughtSignatures,
  createAudit,
  createHistory,
  createUsage,
  createSessions,
]

export const start: Migration = {
  async up(db: Kysely<unknown>) {
    for (const step of steps) await step(db)
  },
}
