import { repeat } from '../checks/schedule.ts'
import { pauser } from './pauser.ts'
import { surveyAll, type RoundDeps, type SurveyDeps } from './survey-round.ts'

/**
 * Finds the keys that share a project. Files belong to a project: a key that sees the file which another key uploaded is of its
 * project. One call after another, so that each key sees all files that were uploaded before.
 */
export type ProjectSurvey = {
  /** Asks about the keys of which nothing is known. Resolves when nothing is left to ask now. */
  run(): Promise<void>
  /** Runs soon; keys were added. */
  soon(): void
  close(): void
}

export function startSurvey(deps: SurveyDeps): ProjectSurvey {
  const { context, clock } = deps
  const policy = () => context.policy().survey
  let running: Promise<void> | undefined
  let cancelSoon: (() => void) | undefined
  const pauses = pauser(clock)
  const round: RoundDeps = {
    ...deps,
    pause: pauses.pause,
    isClosed: () => pauses.closed || !policy().enabled,
  }

  function run(): Promise<void> {
    running ??= surveyAll(round).finally(() => (running = undefined))
    return running
  }
  const cancelAgain = repeat(deps, { everyMs: () => policy().againMs, run: () => void run() })

  return {
    run,
    soon() {
      if (cancelSoon) return
      cancelSoon = clock.at(clock.now() + policy().delayMs, () => {
        cancelSoon = undefined
        void run()
      })
    },
    close() {
      cancelSoon?.()
      cancelAgain()
      pauses.close()
    },
  }
}
