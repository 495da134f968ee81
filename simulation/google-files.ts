import type { FilesAnswer, KeyId, ProjectFiles } from '../server/src/keys/types.ts'
import { chance } from './random.ts'
import type { Simulation } from './scenario.ts'

type File = { readonly name: string; readonly shownAt: number }

const latencyMs = 300
/** Statuses with which the gateway gives up on a key's files. */
const finalStatuses: ReadonlySet<number> = new Set([400, 401, 403, 404])

/** Google's Files API: each project has its own files. */
export function googleFiles({
  clock,
  fleet,
  google,
  promises,
  scenario,
}: Simulation): ProjectFiles {
  const { seed } = scenario
  const { refusedShare, behindMs } = fleet.plan.files
  const files = fleet.projects.map(() => new Map<string, File>())
  const projects = new Map(fleet.keys.map(({ id, project }) => [id, project.index]))
  const filesOf = (key: KeyId) => files[projects.get(key) ?? -1] ?? new Map<string, File>()
  let uploads = 0

  function refusal(key: KeyId): FilesAnswer<never> | undefined {
    if (chance(seed, key, 31) < refusedShare) {
      return { ok: false, isFinal: true, because: 'PERMISSION_DENIED' }
    }
    const { verdict, status } = google.probe(key, clock.now())
    if (verdict === 'answered') return undefined
    return { ok: false, isFinal: finalStatuses.has(status), because: verdict }
  }

  /** Google acts, and answers after a while. */
  function call<T>(key: KeyId, act: () => T): Promise<FilesAnswer<T>> {
    return new Promise((resolve) => {
      promises.open += 1
      const answersAt = clock.now() + latencyMs
      clock.at(answersAt, () => resolve(refusal(key) ?? { ok: true, value: act() }))
      // The engine handles the answer in microtasks; `play` lets them run while a promise is open.
      clock.at(answersAt + 1, () => (promises.open -= 1))
    })
  }

  return {
    find: (key, names) =>
      call(key, () =>
        [...filesOf(key).values()]
          .filter(({ name, shownAt }) => shownAt <= clock.now() && names.has(name))
          .map(({ name }) => name),
      ),
    put: (key, name) =>
      call(key, () => {
        uploads += 1
        const file = `files/${uploads}`
        const shownAt = clock.now() + behindMs * (1 + chance(seed, uploads, 32)) * 0.5
        filesOf(key).set(file, { name, shownAt })
        return file
      }),
    remove: (key, file) => call(key, () => void filesOf(key).delete(file)),
  }
}
