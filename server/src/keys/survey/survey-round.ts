import type { Clock, Random } from '../../runtime/time/clock.ts'
import type { EngineContext } from '../inventory/engine-context.ts'
import type { Key } from '../inventory/entities.ts'
import { clearMarker, isUsable, setFilesRefused, setSurveyed } from '../inventory/key.ts'
import { keysOf } from '../inventory/project.ts'
import type { FilesAnswer, KeyId, ProjectFiles } from '../types.ts'
import { joinProjects } from './join-projects.ts'

export type SurveyDeps = {
  readonly context: EngineContext
  readonly clock: Clock
  readonly random: Random
  readonly files: ProjectFiles
}

/** How long a project may take to show a new file. */
const visibleAfterMs = [0, 1000, 2000, 4000, 8000, 16_000] as const
/** So many keys in a row do not see their own file: files are of no use here. */
const mostBlind = 3

/** What a round works with. */
export type RoundDeps = SurveyDeps & {
  readonly pause: (ms: number) => Promise<void>
  readonly isClosed: () => boolean
}

type Round = RoundDeps & {
  /** The keys whose files may be found, by the name of the file. */
  readonly marked: Map<string, Key>
  readonly failed: Set<KeyId>
  /** Keys that were asked in this round. */
  readonly asked: Set<KeyId>
  /** How long files take to show; undefined before the first was seen. */
  lagMs: number | undefined
  blind: number
  uploads: number
}

/** Asks about every key of which nothing is known, one call after another. Rejects never. */
export async function surveyAll(deps: RoundDeps): Promise<void> {
  const { context } = deps
  const round: Round = {
    ...deps,
    marked: new Map(),
    failed: new Set(),
    asked: new Set(),
    lagMs: undefined,
    blind: 0,
    uploads: 0,
  }
  for (const key of context.inventory.keys.values()) {
    if (key.marker) round.marked.set(key.marker.name, key)
  }
  // Keys that are added meanwhile are reached too.
  for (const key of context.inventory.keys.values()) {
    if (round.isClosed() || round.blind >= mostBlind) return
    if (isUnknown(round, key)) await survey(round, key)
  }
  if (round.uploads > 0) await findInKnownProjects(round)
  if (round.failed.size === 0) await removeMarkers(round)
}

function isUnknown({ context, failed }: Round, key: Key): boolean {
  if (key.gone || key.surveyed || !isUsable(key) || failed.has(key.id)) return false
  const { refusedForMs } = context.policy().survey
  return !key.filesRefused || context.now() - key.filesRefused.at > refusedForMs
}

async function survey(round: Round, key: Key): Promise<void> {
  round.asked.add(key.id)
  if (round.marked.size > 0) {
    const found = await ask(round, key, (files) => files.find(key.id, round.marked))
    if (!found) return
    if (found.length > 0) return joinFound(round, key, found)
  }
  await mark(round, key)
}

/** Calls Google, after a pause. Answers undefined where that failed; the key is asked again later, or left alone. */
async function ask<T>(
  { context, files, pause, failed }: Round,
  key: Key,
  call: (files: ProjectFiles) => Promise<FilesAnswer<T>>,
): Promise<T | undefined> {
  await pause(context.policy().survey.paceMs)
  const answer = await call(files)
  if (key.gone) return undefined
  if (answer.ok) return answer.value
  if (answer.isFinal) refuse(context, key, answer.because)
  else failed.add(key.id)
  return undefined
}

function refuse(context: EngineContext, key: Key, because: string): void {
  setFilesRefused(key, { at: context.now(), because })
  context.changed.key(key)
}

function joinFound({ context, marked }: Round, key: Key, names: readonly string[]): void {
  const owners = names.flatMap((name) => marked.get(name) ?? []).filter(({ gone }) => !gone)
  setSurveyed(key, undefined)
  context.changed.key(key)
  joinProjects(context, [key, ...owners], 'files')
}

async function mark(round: Round, key: Key): Promise<void> {
  const { context, pause } = round
  const name = markerName(round, key)
  const file = await ask(round, key, (files) => files.put(key.id, name))
  if (file === undefined) return
  round.uploads += 1
  round.marked.set(name, key)
  setSurveyed(key, { name, file, at: context.now() })
  context.changed.key(key)
  if (round.lagMs === undefined) await measureLag(round, key)
  else await pause(2 * round.lagMs)
}

/** The first file shows how soon a key can see one. A key that does not see its own stays alone. */
async function measureLag(round: Round, key: Key): Promise<void> {
  const { context } = round
  const { marker } = key
  if (!marker) return
  for (const waitMs of visibleAfterMs) {
    await round.pause(waitMs)
    const found = await ask(round, key, (files) => files.find(key.id, new Set([marker.name])))
    if (found === undefined || round.isClosed()) return
    if (found.length === 0) continue
    round.lagMs = waitMs === 0 ? 0 : context.now() - marker.at
    round.blind = 0
    return
  }
  round.blind += 1
  refuse(context, key, 'Its own file is missing in its list of files.')
  await removeMarker(round, key)
}

/** Keys of earlier rounds have no file any more: one of each project looks for the new ones. */
async function findInKnownProjects(round: Round): Promise<void> {
  const { context } = round
  for (const project of context.inventory.projects.values()) {
    if (round.isClosed()) return
    if (keysOf(project).some(({ id }) => round.asked.has(id))) continue
    const key = project.groups.flatMap(({ usable }) => usable).find(({ surveyed }) => surveyed)
    if (!key || key.marker) continue
    const found = await ask(round, key, (files) => files.find(key.id, round.marked))
    if (found && found.length > 0) joinFound(round, key, found)
  }
}

async function removeMarkers(round: Round): Promise<void> {
  for (const key of round.marked.values()) {
    if (round.isClosed()) return
    await removeMarker(round, key)
  }
}

async function removeMarker(round: Round, key: Key): Promise<void> {
  const { context, files, pause } = round
  const { marker } = key
  if (!marker) return
  await pause(context.policy().survey.paceMs)
  const { ok } = await files.remove(key.id, marker.file)
  const isOver = context.now() - marker.at > context.policy().survey.markerTtlMs
  if (!ok && !isOver) return
  round.marked.delete(marker.name)
  clearMarker(key)
  context.changed.key(key)
}

/** Nobody else's file has this name. */
function markerName({ random }: Round, { id }: Key): string {
  const digits = Array.from({ length: 24 }, () => Math.floor(random() * 16).toString(16))
  return `gemini-balance-${id}-${digits.join('')}`
}
