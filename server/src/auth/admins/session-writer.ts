import { createKeyedWriter } from '../../runtime/write-behind.ts'
import type { SessionChange, SessionStore } from '../stores.ts'
import type { AdminSession } from './admin-sessions.ts'

export type SessionWriterDeps = {
  readonly store: SessionStore
  readonly onError: (error: unknown) => void
}

export type SessionWriter = {
  /** Never waits. */
  write(change: SessionChange): void
  close(): Promise<void>
}

const retryMs = 5000
/** Sessions that begin or end while the database is away. */
const mostUnwritten = 5000

/** Stores sessions in the background: no login waits for the database. */
export function createSessionWriter({ store, onError }: SessionWriterDeps): SessionWriter {
  // By digest; undefined is a session that ended.
  const writer = createKeyedWriter<string, AdminSession | undefined>({
    write: (batch) =>
      store.change({
        removed: batch.filter(([, session]) => session === undefined).map(([digest]) => digest),
        added: batch.map(([, session]) => session).filter((session) => session !== undefined),
      }),
    onError,
    failuresPerError: 1,
    delayMs: 0,
    retryMs,
    longestRetryMs: retryMs,
    maxQueued: mostUnwritten,
  })
  return {
    write({ removed, added }) {
      for (const digest of removed) writer.set(digest, undefined)
      for (const session of added) writer.set(session.digest, session)
    },
    close: writer.close,
  }
}
