import { blockKinds, type Block, type Lane } from './entities.ts'
import { Column } from './column.ts'
import { createGate } from './gate.ts'
import { Interned } from './interned.ts'
import type { LedgerCounts } from './ledger.ts'
import { limitNames, type LearnedLimits } from './limits.ts'

/** What is worth keeping of a lane while it is not used: over a restart, or asleep. */
export type LaneMemory = {
  readonly block?: Omit<Block, 'gate'> & { readonly gate: GateMemory }
  readonly learned?: LearnedLimits
  readonly unexplained: number
  readonly notFound: number
  readonly counts?: LedgerCounts
}

/** A time that never comes is written as null. */
export type GateMemory = {
  readonly since: number
  readonly until: number | null
  readonly needsTrial: boolean
}

export function gateMemory({ since, until, needsTrial }: GateMemory): GateMemory {
  return { since, until: until === Infinity ? null : until, needsTrial }
}

export function laneMemory(lane: Lane, now: number): LaneMemory {
  const { block, learned, unexplained, notFound } = lane
  return {
    ...(block && { block: { ...block, gate: gateMemory(block.gate) } }),
    ...(learned && { learned }),
    unexplained,
    notFound,
    counts: lane.ledger.counts(now),
  }
}

/** Gives a lane back what was kept of it; its limits are to be applied afterwards. */
export function recall(lane: Lane, memory: LaneMemory, at: { now: number; patienceMs: number }) {
  const { block, counts } = memory
  lane.block = block && { ...block, gate: gateFrom(block.gate, at.patienceMs) }
  lane.learned = memory.learned
  lane.unexplained = memory.unexplained
  lane.notFound = memory.notFound
  if (counts) lane.ledger.restore(at.now, counts)
}

export function gateFrom({ since, until, needsTrial }: GateMemory, patienceMs: number) {
  return createGate({ since, until: until ?? Infinity, needsTrial, patienceMs })
}

const unnumbered = 0
const patternCap = 65_536

/**
 * Memories of lanes as rows of numbers: a hundred bytes each, where objects take nine hundred. Google's words are not kept, and
 * of learned limits the names and figures once for all lanes that share them.
 */
export class LaneMemories {
  readonly #blocks = new Interned<readonly string[]>(patternCap)
  readonly #patterns = new Interned<LearnedLimits>(patternCap)
  readonly #quotaIds = new Column(Int32Array)
  readonly #blockKind = new Column(Uint8Array)
  readonly #blockTrial = new Column(Uint8Array)
  readonly #blockSince = new Column(Float64Array)
  readonly #blockUntil = new Column(Float64Array)
  readonly #learned = new Column(Int32Array)
  readonly #learnedAt = new Column(Float64Array)
  readonly #unexplained = new Column(Uint8Array)
  readonly #notFound = new Column(Uint8Array)
  readonly #minuteRequests = new Column(Int32Array)
  readonly #minuteTokens = new Column(Float64Array)
  readonly #minuteUntil = new Column(Float64Array)
  readonly #dayRequests = new Column(Int32Array)
  readonly #dayTokens = new Column(Float64Array)
  readonly #dayEnd = new Column(Float64Array)

  write(row: number, memory: LaneMemory): void {
    const { counts, unexplained, notFound } = memory
    this.#writeBlock(row, memory.block)
    this.#writeLearned(row, memory.learned)
    this.#unexplained.set(row, Math.min(unexplained, 255))
    this.#notFound.set(row, Math.min(notFound, 255))
    this.#minuteRequests.set(row, counts?.minuteRequests ?? 0)
    this.#minuteTokens.set(row, counts?.minuteTokens ?? 0)
    this.#minuteUntil.set(row, counts?.minuteUntil ?? 0)
    this.#dayRequests.set(row, counts?.dayRequests ?? 0)
    this.#dayTokens.set(row, counts?.dayTokens ?? 0)
    this.#dayEnd.set(row, counts?.dayEnd ?? 0)
  }

  read(row: number): LaneMemory {
    const block = this.#readBlock(row)
    const learned = this.#readLearned(row)
    return {
      ...(block && { block }),
      ...(learned && { learned }),
      unexplained: this.#unexplained.get(row),
      notFound: this.#notFound.get(row),
      counts: {
        minuteRequests: this.#minuteRequests.get(row),
        minuteTokens: this.#minuteTokens.get(row),
        minuteUntil: this.#minuteUntil.get(row),
        dayRequests: this.#dayRequests.get(row),
        dayTokens: this.#dayTokens.get(row),
        dayEnd: this.#dayEnd.get(row),
      },
    }
  }

  #writeBlock(row: number, block: LaneMemory['block']): void {
    this.#blockKind.set(row, block ? blockKinds.indexOf(block.kind) + 1 : unnumbered)
    if (!block) return
    this.#blockTrial.set(row, block.gate.needsTrial ? 1 : 0)
    this.#blockSince.set(row, block.gate.since)
    this.#blockUntil.set(row, block.gate.until ?? Infinity)
    this.#quotaIds.set(row, this.#blocks.numberOf(block.quotaIds.join(), block.quotaIds))
  }

  #readBlock(row: number): LaneMemory['block'] {
    const kind = blockKinds[this.#blockKind.get(row) - 1]
    if (kind === undefined) return undefined
    const gate = gateMemory({
      since: this.#blockSince.get(row),
      until: this.#blockUntil.get(row),
      needsTrial: this.#blockTrial.get(row) === 1,
    })
    const quotaIds = this.#blocks.thing(this.#quotaIds.get(row)) ?? []
    return { gate, kind, quotaIds, message: undefined }
  }

  #writeLearned(row: number, learned: LearnedLimits | undefined): void {
    if (!learned) return this.#learned.set(row, unnumbered)
    const known = limitNames.map((name) => learned[name])
    const name = known.map((one) => (one ? `${one.quotaId} ${one.limit}` : '')).join()
    this.#learned.set(row, this.#patterns.numberOf(name, learned))
    this.#learnedAt.set(row, Math.min(...known.map((one) => one?.at ?? Infinity)))
  }

  #readLearned(row: number): LearnedLimits | undefined {
    const pattern = this.#patterns.thing(this.#learned.get(row))
    if (!pattern) return undefined
    const at = this.#learnedAt.get(row)
    const learned: LearnedLimits = {}
    for (const name of limitNames) {
      const known = pattern[name]
      if (known) learned[name] = { ...known, at }
    }
    return learned
  }
}
