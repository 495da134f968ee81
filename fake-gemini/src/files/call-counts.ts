/** Calls to the Files API. An upload counts once, when it begins. */
export type FileCallCounts = {
  lists: number
  gets: number
  uploads: number
  deletes: number
  downloads: number
  /** Calls of any kind that were answered with an error. */
  refused: number
}

export type FileCalls = {
  byKey: Record<string, FileCallCounts>
  byProject: Record<string, FileCallCounts>
}

type CountedCall = {
  action: string | undefined
  key: string | undefined
  project: string | undefined
  status: number
}

export type FileCallCounter = {
  add(call: CountedCall): void
  counts(): FileCalls
  clear(): void
}

const kinds: Readonly<Record<string, Exclude<keyof FileCallCounts, 'refused'>>> = {
  'files.list': 'lists',
  'files.get': 'gets',
  'files.create': 'uploads',
  'files.upload': 'uploads',
  'files.start': 'uploads',
  'files.delete': 'deletes',
  'files.download': 'downloads',
}

export function createFileCallCounter(): FileCallCounter {
  const byKey = new Map<string, FileCallCounts>()
  const byProject = new Map<string, FileCallCounts>()

  return {
    add: ({ action, key, project, status }) => {
      // Without a project the key is unknown, and there could be any number of them.
      if (action?.startsWith('files.') !== true || project === undefined) return
      const kind = kinds[action]
      const counted = [countsOf(byProject, project)]
      if (key !== undefined) counted.push(countsOf(byKey, key))
      for (const counts of counted) {
        if (kind !== undefined) counts[kind] += 1
        if (status >= 400) counts.refused += 1
      }
    },
    counts: () =>
      structuredClone({
        byKey: Object.fromEntries(byKey),
        byProject: Object.fromEntries(byProject),
      }),
    clear: () => {
      byKey.clear()
      byProject.clear()
    },
  }
}

function countsOf(all: Map<string, FileCallCounts>, name: string): FileCallCounts {
  let counts = all.get(name)
  if (!counts) {
    counts = { lists: 0, gets: 0, uploads: 0, deletes: 0, downloads: 0, refused: 0 }
    all.set(name, counts)
  }
  return counts
}
