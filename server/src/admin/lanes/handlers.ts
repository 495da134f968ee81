import type { KeyEngine } from '../../keys/engine.ts'
import type { Auditor } from '../audit/auditor.ts'
import type { Handlers } from '../handlers.ts'
import { presentDecision, presentExplanation, presentLane } from './present.ts'

type LaneEndpoints = 'listLanes' | 'reopenLane' | 'getPool' | 'explain' | 'listDecisions'

export type LaneHandlerDeps = {
  readonly engine: Pick<KeyEngine, 'views' | 'control'>
  readonly audit: Auditor
}

/** Lanes, the pool, and why a request gets a key. */
export function laneHandlers({ engine, audit }: LaneHandlerDeps): Pick<Handlers, LaneEndpoints> {
  const { views, control } = engine
  return {
    async listLanes({ lane, project, ...page }) {
      const { total, rows } = views.lanes({
        ...page,
        ...(lane === undefined ? {} : { lane }),
        ...(project === undefined ? {} : { project }),
      })
      return { total, rows: rows.map(presentLane) }
    },
    async reopenLane({ project, lane }, by) {
      const done = control.reopenLane(project, lane)
      if (done) await audit(by, { action: 'lane-reset', subject: `${lane} of ${project}` })
      return { done }
    },
    getPool: async () => views.pool(),
    explain: async ({ model, tokens, paidOnly }) =>
      presentExplanation(
        views.explain({ lane: model, model, estimatedInputTokens: tokens, paidOnly }),
      ),
    listDecisions: async ({ request }) => ({
      decisions: views
        .decisions()
        .filter((one) => request === undefined || one.request === request)
        .map(presentDecision),
    }),
  }
}
