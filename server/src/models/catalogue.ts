import { idOf, type Model } from './derived-models.ts'

export type CatalogueDeps = {
  /** All pages of Google's list, with whichever key works; rejects when none does. */
  readonly fetchModels: () => Promise<readonly Model[]>
  readonly now: () => number
  readonly ttlMs: () => number
  /** Told when a refresh failed and an old list goes on being used. */
  readonly complain: (error: unknown) => void
}

/** Google's models, as far as known. */
export interface Catalogue {
  /** The list; waits only while there is none at all, and rejects only then. */
  models(): Promise<readonly Model[]>
  /** Whether Google lists the model, by what is known now. */
  has(id: string): boolean
}

/** Keeps Google's list: an old one is served while a new one is fetched, and as long as none can be. */
export function createCatalogue(deps: CatalogueDeps): Catalogue {
  let models: readonly Model[] | undefined
  let ids = new Set<string>()
  let fetchedAt = -Infinity
  let fetching: Promise<readonly Model[]> | undefined

  function refresh(): Promise<readonly Model[]> {
    fetching ??= deps
      .fetchModels()
      .then((fetched) => {
        models = fetched
        ids = new Set(fetched.map(({ name }) => idOf(name)))
        fetchedAt = deps.now()
        return fetched
      })
      .finally(() => {
        fetching = undefined
      })
    return fetching
  }

  return {
    models() {
      if (models === undefined) return refresh()
      if (deps.now() - fetchedAt > deps.ttlMs()) refresh().catch(deps.complain)
      return Promise.resolve(models)
    },
    has: (id) => ids.has(id),
  }
}
