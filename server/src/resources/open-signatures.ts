import { createBatchWriter } from '../runtime/write-behind.ts'
import { createSignatures, signatureLimits, type Signatures } from './signatures.ts'
import type { SignatureRow, SignatureStore } from './stores.ts'

export type OpenSignaturesDeps = {
  readonly store: SignatureStore
  readonly log: { error(details: object, message: string): void }
  readonly now: () => number
}

export type OpenedSignatures = { readonly signatures: Signatures; close(): Promise<void> }

/** A conversation that pauses longer than this goes on with the signature that Google takes for any. */
const longestKeptMs = 30 * 24 * 3_600_000
const pruneEveryMs = 3_600_000
const prunedAtOnce = 1000

/** The signatures that were stored before the restart; new ones are written in batches, off the path of requests. */
export async function openSignatures(deps: OpenSignaturesDeps): Promise<OpenedSignatures> {
  const { store, log, now } = deps
  const writer = createBatchWriter<SignatureRow>({
    write: store.insertMany,
    onError: (error, stats) =>
      log.error(
        { err: error, ...stats },
        'Thought signatures cannot be stored. They are tried again.',
      ),
  })
  const signatures = createSignatures({
    onKept: (entry) => writer.record({ ...entry, at: now() }),
  })
  const closing = new AbortController()
  const prune = () => pruneOld(deps, closing.signal)
  // Before anything is served: a start that fails later must leave nothing behind that still uses the database.
  await prune()
  signatures.restore(await store.newest(signatureLimits.entries))
  let pruning = Promise.resolve()
  const timer = setInterval(() => {
    pruning = pruning.then(prune)
  }, pruneEveryMs)
  timer.unref()

  return {
    signatures,
    async close() {
      closing.abort()
      clearInterval(timer)
      await pruning
      await writer.close()
    },
  }
}

async function pruneOld(
  { store, log, now }: OpenSignaturesDeps,
  signal: AbortSignal,
): Promise<void> {
  try {
    let removed = prunedAtOnce
    while (removed === prunedAtOnce && !signal.aborted) {
      removed = await store.prune({
        before: now() - longestKeptMs,
        keep: signatureLimits.entries,
        limit: prunedAtOnce,
      })
    }
  } catch (error) {
    log.error({ err: error }, 'Old thought signatures cannot be removed.')
  }
}
