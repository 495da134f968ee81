import type { KeyId } from '../types.ts'

type Observation = {
  readonly key: KeyId
  readonly lane: string
  readonly quotaId: string
  readonly limit: number
  readonly now: number
}

/** Keys that seem to share a project; for the operator to confirm. */
export type ProjectProposal = {
  readonly keys: readonly KeyId[]
  readonly lane: string
  readonly quotaId: string
  readonly at: number
}

const togetherMs = 5000
const remembered = 64

export type ProjectProposals = {
  /** Records a key whose day is exhausted although by our own count it is not. Returns a proposal when other keys had the same. */
  record(observation: Observation): ProjectProposal | undefined
  list(): readonly ProjectProposal[]
  dismiss(key: KeyId): void
}

export function createProjectProposals(): ProjectProposals {
  let observations: Observation[] = []
  let proposals: ProjectProposal[] = []
  return {
    record(observation) {
      observations = observations
        .filter(({ now }) => observation.now - now < togetherMs)
        .slice(-remembered)
      observations.push(observation)
      const keys = new Set(
        observations.filter((one) => alike(one, observation)).map(({ key }) => key),
      )
      if (keys.size < 2) return undefined
      const { lane, quotaId, now } = observation
      const proposal = { keys: [...keys], lane, quotaId, at: now }
      const others = proposals.filter((one) => !one.keys.some((key) => keys.has(key)))
      proposals = [...others, proposal].slice(-remembered)
      return proposal
    },
    list: () => proposals,
    dismiss(key) {
      proposals = proposals.filter(({ keys }) => !keys.includes(key))
    },
  }
}

function alike(a: Observation, b: Observation): boolean {
  return a.lane === b.lane && a.quotaId === b.quotaId && a.limit === b.limit
}
