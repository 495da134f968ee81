import type { AdminSession } from './admin-sessions.ts'
import type { SessionStore } from '../stores.ts'

export type SessionKeeperDeps = {
  readonly store: SessionStore
  readonly onError: (error: unknown) => void
  readonly retryMs?: number
}

export type SessionKeeper = {
  /** Never waits. */
  write(change: {
    readonly removed: readonly string[]
    readonly added: readonly AdminSession[]
  }): void
  /** Writes what is left, as far as the database takes it. */
  close(): Promise<void>
}

const retryMs = 5000
/** What is begun and ended while the database is away. */
const mostUnwritten = 5000

/** Writes down who came and went, behind their backs: what a database that is away does not take is tried again. */
export function keepSessions(deps: SessionKeeperDeps): SessionKeeper {
  // By digest; undefined is one that ended.
  const unwritten = new Map<string, AdminSession | undefined>()
  let writing: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  async function flush(): Promise<void> {
    while (unwritten.size > 0) {
      const batch = [...unwritten]
      const removed = batch.filter(([, one]) => one === undefined).map(([digest]) => digest)
      const added = batch.map(([, one]) => one).filter((one) => one !== undefined)
      try {
        await deps.store.change({ removed, added })
      } catch (error) {
        deps.onError(error)
        return
      }
      // What changed meanwhile is still to be written.
      for (const [digest, one] of batch) if (unwritten.get(digest) === one) unwritten.delete(digest)
    }
  }

  function start(): Promise<void> {
    clearTimeout(timer)
    writing ??= flush().finally(() => {
      writing = undefined
      if (unwritten.size === 0 || isClosed) return
      timer = setTimeout(() => void start(), deps.retryMs ?? retryMs)
      timer.unref()
    })
    return writing
  }

  return {
    write({ removed, added }) {
      for (const digest of removed) unwritten.set(digest, undefined)
      for (const session of added) unwritten.set(session.digest, session)
      const excess = Math.max(0, unwritten.size - mostUnwritten)
      for (const digest of [...unwritten.keys()].slice(0, excess)) unwritten.delete(digest)
      void start()
    },
    async close() {
      isClosed = true
      clearTimeout(timer)
      await writing
      await start()
    },
  }
}
