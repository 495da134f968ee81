import { idOf } from './model-id.ts'
import { type Model } from './derived-models.ts'

export type CatalogueDeps = {
  /** Fetches all pages of Google's list; rejects when no key works. */
  readonly fetchModels: () => Promise<readonly Model[]>
  readonly now: () => number
  readonly ttlMs: () => number
  /** Called when a refresh fails and the old list stays in use. */
  readonly onError: (error: unknown) => void
}

/** The last known list of Google's models. */
export interface Catalogue {
  /** Waits and rejects only while there is no list at all. */
  models(): Promise<readonly Model[]>
  /** Whether the last known list has the model. */
  has(id: string): boolean
}

const retryMs = 15_000

/** Serves an old list while a new one is fetched, and after fetching fails. */
export function createCatalogue(deps: CatalogueDeps): Catalogue {
  let models: readonly Model[] | undefined
  let ids = new Set<string>()
  let refreshAt = -Infinity
  let fetching: Promise<readonly Model[]> | undefined

  function refresh(): Promise<readonly Model[]> {
    fetching ??= deps
      .fetchModels()
      .then((fetched) => {
        models = fetched
        ids = new Set(fetched.map(({ name }) => idOf(name)))
        refreshAt = deps.now() + deps.ttlMs()
        return fetched
      })
      .finally(() => {
        fetching = undefined
      })
    return fetching
  }

  /** Delays the next fetch, because one for every request would use up the keys' quota. */
  function postpone(error: unknown): void {
    refreshAt = deps.now() + Math.min(deps.ttlMs(), retryMs)
    deps.onError(error)
  }

  return {
    models() {
      if (models === undefined) return refresh()
      if (deps.now() >= refreshAt && fetching === undefined) refresh().catch(postpone)
      return Promise.resolve(models)
    },
    has: (id) => ids.has(id),
  }
}
