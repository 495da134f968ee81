import type { KeyId } from '../types.ts'
import type { KeyUse } from '../stores.ts'

export interface UseWriter {
  note(id: KeyId, at: number): void
  /** What is not written yet. */
  pending(id: KeyId): KeyUse | undefined
  close(): Promise<void>
}

export type UseWriterDeps = {
  readonly write: (uses: readonly KeyUse[]) => Promise<void>
  readonly onError: (error: unknown) => void
}

const writeMs = 10_000

/** Gathers when keys were used and writes it now and then. There is one note for a key, however long the database is away. */
export function createUseWriter({ write, onError }: UseWriterDeps): UseWriter {
  let notes = new Map<KeyId, KeyUse>()
  let writing: Promise<void> | undefined

  function note(id: KeyId, at: number): void {
    notes.set(id, { id, firstAt: notes.get(id)?.firstAt ?? at, lastAt: at })
  }

  async function flush(): Promise<void> {
    if (notes.size === 0) return
    const batch = notes
    notes = new Map()
    try {
      await write([...batch.values()])
    } catch (error) {
      for (const use of batch.values()) {
        const newer = notes.get(use.id)
        notes.set(use.id, { ...use, lastAt: newer?.lastAt ?? use.lastAt })
      }
      onError(error)
    }
  }

  const timer = setInterval(() => {
    writing ??= flush().finally(() => {
      writing = undefined
    })
  }, writeMs)
  timer.unref()

  return {
    note,
    pending: (id) => notes.get(id),
    async close() {
      clearInterval(timer)
      await writing
      await flush()
    },
  }
}
