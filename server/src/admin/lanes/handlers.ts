import type { KeyEngine } from '../../keys/engine.ts'
import type { Auditor } from '../audit/auditor.ts'
import type { Handlers } from '../handlers.ts'

type EngineEndpoints = 'getLanes' | 'resetLane' | 'getPool' | 'explain' | 'getDecisions'

export type EngineHandlerDeps = { readonly engine: KeyEngine; readonly audit: Auditor }

/** What the key engine knows, shown; and the one call that clears what is held against a lane. */
export function engineHandlers({
  engine,
  audit,
}: EngineHandlerDeps): Pick<Handlers, EngineEndpoints> {
  return {
    async getLanes({ lane, project, ...page }) {
      const { total, rows } = engine.views.lanes({
        ...page,
        ...(lane === undefined ? {} : { lane }),
        ...(project === undefined ? {} : { project }),
      })
      return { total, rows: rows.map((row) => ({ ...row })) }
    },
    async resetLane({ project, lane }, by) {
      const done = engine.control.reopenLane(project, lane)
      if (done) await audit(by, { action: 'lane-reset', subject: `${lane} of ${project}` })
      return { done }
    },
    getPool: async () => ({ ...engine.views.pool() }),
    explain: async ({ model, tokens, paidOnly }) => ({
      ...engine.views.explain({ lane: model, model, estimatedInputTokens: tokens, paidOnly }),
    }),
    getDecisions: async ({ request }) => ({
      decisions: engine.views
        .decisions()
        .filter((one) => request === undefined || one.request === request)
        .map((one) => ({ ...one })),
    }),
  }
}
