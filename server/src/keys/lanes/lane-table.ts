import { IndexedHeap } from '../../runtime/indexed-heap.ts'
import type { Candidate, KeyGroup, Lane, LaneTable, Writable } from '../inventory/entities.ts'
import { noGuesses } from './guesses.ts'
import type { LaneStatus } from '../lane-status.ts'

export function createLaneTable(name: string, model: string): LaneTable {
  return {
    name,
    model,
    queues: new Map(),
    wakes: new IndexedHeap<Writable<Candidate>>({
      rankOf: (candidate) => candidate.wakeAt,
      indexOf: (candidate) => candidate.wakeIndex,
      setIndex: (candidate, index) => (candidate.wakeIndex = index),
    }),
    statusCounts: noStatuses(),
    lanes: [],
    freeZeros: 0,
    guesses: noGuesses(),
    beyond: { afterOrder: 0, at: 0, refusals: 0, cursor: 0 },
    virtualTime: 0,
    order: 0,
    inFlight: 0,
  }
}

export function noStatuses(): Record<LaneStatus, number> {
  return {
    ready: 0,
    exhausted: 0,
    cooling: 0,
    unavailable: 0,
    suspended: 0,
    'key-cooling': 0,
    trial: 0,
    'not-allowed': 0,
    'no-key': 0,
  }
}

export function laneOf(table: LaneTable, { lanes }: { readonly lanes: readonly Lane[] }) {
  return lanes.find((lane) => lane.table === table)
}

export function candidateOf(table: LaneTable, group: KeyGroup): Candidate | undefined {
  return laneOf(table, group.project)?.candidates.find((candidate) => candidate.group === group)
}
