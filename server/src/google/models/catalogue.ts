import { idOf, type Model } from './derived-models.ts'

export type CatalogueDeps = {
  /** All pages of Google's list, with whichever key works; rejects when none does. */
  readonly fetchModels: () => Promise<readonly Model[]>
  readonly now: () => number
  readonly ttlMs: () => number
  /** Told when a refresh failed and an old list goes on being used. */
  readonly onError: (error: unknown) => void
}

/** Google's models, as far as known. */
export interface Catalogue {
  /** The list; waits only while there is none at all, and rejects only then. */
  models(): Promise<readonly Model[]>
  /** Whether Google lists the model, by what is known now. */
  has(id: string): boolean
}

const pauseMs = 15_000

/** Keeps Google's list: an old one is served while a new one is fetched, and as long as none can be. */
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

  /** While no list can be had, asking for one with every request would only spend keys. */
  function postpone(error: unknown): void {
    refreshAt = deps.now() + Math.min(deps.ttlMs(), pauseMs)
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
