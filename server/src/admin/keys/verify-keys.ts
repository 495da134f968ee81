import type { JobProgress } from '../jobs/jobs.ts'
import type { KeyRegistry } from '../../keys/key-registry.ts'
import type { Outcome } from '../../google/outcome.ts'
import type { KeyId } from '../../keys/types.ts'

export type VerifyDeps = {
  readonly keyRegistry: Pick<KeyRegistry, 'get'>
  readonly verify: (id: KeyId, model: string | undefined) => Promise<Outcome | undefined>
}

export type VerifyOptions = {
  readonly model: string | undefined
  readonly concurrency: number
  readonly progress: Pick<JobProgress, 'signal' | 'expect' | 'step' | 'count' | 'find'>
}

/** Tries each key at Google, some at a time. */
export async function verifyAll(
  { keyRegistry, verify }: VerifyDeps,
  ids: readonly KeyId[],
  { model, concurrency, progress }: VerifyOptions,
): Promise<void> {
  progress.expect(ids.length)
  const queue = ids.values()
  const worker = async () => {
    for (const id of queue) {
      if (progress.signal.aborted) return
      const outcome = await verify(id, model)
      const verdict = outcome?.verdict ?? 'unknown'
      progress.count(verdict)
      progress.step()
      if (verdict === 'answered') continue
      const key = `…${keyRegistry.get(id)?.lastFour ?? ''}`
      progress.find({ id, key, verdict, status: outcome?.status, message: outcome?.message })
    }
  }
  const workers = Promise.all(Array.from({ length: concurrency }, worker))
  await Promise.race([workers, aborted(progress.signal)])
}

/** A cancelled job does not wait for its calls. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
