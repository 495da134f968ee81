import type { VerdictName } from '../../google/verdicts.ts'
import type { Key } from '../inventory/entities.ts'
import type { ProjectId, ProjectSource } from '../types.ts'

/** Google refused a call because of its key or project, as the verdict says. */
export type Refusal = {
  readonly key: Key
  readonly verdict: VerdictName
  readonly at: number
  /** The project of the key before the refusal, which may name another. */
  readonly project: ProjectId
  readonly projectSource: ProjectSource | undefined
}

type Origin = { readonly request: string | undefined; readonly caller: string | undefined }

/**
 * A request that keys are refused for alike is at fault itself, and so is a caller: only the first such refusal of a request, and the
 * first two of a caller within the window, count against their keys.
 */
export type Refusals = {
  /** The earlier refusals that are in doubt with this one; undefined when this one counts against its key. */
  record(refusal: Refusal, origin: Origin): readonly Refusal[] | undefined
}

const alikeOfCaller = 3
const rememberedOrigins = 1000
const rememberedEach = 64

export function createRefusals(windowMs: () => number): Refusals {
  const ofRequests = new Map<string, readonly Refusal[]>()
  const ofCallers = new Map<string, readonly Refusal[]>()
  return {
    record(refusal, { request, caller }) {
      const since = refusal.at - windowMs()
      const ofRequest = earlier(ofRequests, request, refusal)
      const ofCaller = earlier(ofCallers, caller, refusal).filter(({ at }) => at > since)
      if (countKeys(ofCaller) + 1 >= alikeOfCaller) return [...ofRequest, ...ofCaller]
      return ofRequest.length > 0 ? ofRequest : undefined
    },
  }
}

/** The refusals of other keys, with the same verdict, that an origin met before. The oldest origin is forgotten. */
function earlier(
  origins: Map<string, readonly Refusal[]>,
  origin: string | undefined,
  refusal: Refusal,
): readonly Refusal[] {
  if (origin === undefined || origin === '') return []
  const known = origins.get(origin) ?? []
  origins.delete(origin)
  origins.set(origin, [...known, refusal].slice(-rememberedEach))
  for (const oldest of origins.keys()) {
    if (origins.size <= rememberedOrigins) break
    origins.delete(oldest)
  }
  return known.filter(({ key, verdict }) => key !== refusal.key && verdict === refusal.verdict)
}

const countKeys = (refusals: readonly Refusal[]) => new Set(refusals.map(({ key }) => key)).size

/** Probes the key of a refusal that is in doubt. Returns false for a key that was probed for that a short time ago. */
export type Confirm = (refusal: Refusal) => boolean
