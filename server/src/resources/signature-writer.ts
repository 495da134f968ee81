import { createSignatures, signatureLimits, type Signatures } from './signatures.ts'
import type { Log } from '../log/create-log.ts'
import type { SignatureStore, SignatureRow } from './stores.ts'
import { createAttemptLog } from '../telemetry/request-log/attempt-log.ts'

export type SignatureKeeperDeps = {
  readonly rows: SignatureStore
  readonly log: Pick<Log, 'error'>
  readonly now: () => number
}

export interface SignatureKeeper {
  readonly store: Signatures
  /** Writes what is left and stops. */
  close(): Promise<void>
}

/** A conversation that rests longer than this goes on with the signature that passes for any. */
const longestKeptMs = 30 * 24 * 3_600_000
const pruneEveryMs = 3_600_000
const prunedAtOnce = 1000

/** The store of signatures with what was kept before the last restart; what it keeps is written in batches, off the path of requests. */
export async function keepSignatures(deps: SignatureKeeperDeps): Promise<SignatureKeeper> {
  const { rows, log, now } = deps
  const writer = createAttemptLog<SignatureRow>({
    write: rows.insertMany,
    log: {
      error: (details: object) =>
        log.error(details, 'Thought signatures cannot be stored. They are tried again.'),
    },
  })
  const store = createSignatures({
    onKept: (entry) => writer.record({ ...entry, at: now() }),
  })
  const closing = new AbortController()
  let pruning = Promise.resolve()
  async function prune(): Promise<void> {
    try {
      let removed = prunedAtOnce
      while (removed === prunedAtOnce && !closing.signal.aborted) {
        removed = await rows.prune({
          before: now() - longestKeptMs,
          keep: signatureLimits.entries,
          limit: prunedAtOnce,
        })
      }
    } catch (error) {
      log.error({ err: error }, 'Old thought signatures cannot be removed.')
    }
  }
  const pruneNext = () => {
    pruning = pruning.then(prune)
  }
  // Before anything is served: a start that fails later must leave nothing behind that still asks the database.
  await prune()
  store.restore(await rows.newest(signatureLimits.entries))
  const timer = setInterval(pruneNext, pruneEveryMs)
  timer.unref()

  return {
    store,
    async close() {
      closing.abort()
      clearInterval(timer)
      await pruning
      await writer.close()
    },
  }
}
