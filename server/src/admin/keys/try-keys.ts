import type { Outcome } from '../../google/outcome.ts'

export type TryKeysDeps = {
  /** Tries a key at Google without any effect on its state. */
  readonly tryKey: (value: string) => Promise<Outcome>
  readonly triedAtOnce: () => number
}

/** Tries keys that need not be stored, some at a time. */
export async function tryKeys(
  { tryKey, triedAtOnce }: TryKeysDeps,
  values: readonly string[],
): Promise<ReadonlyMap<string, Outcome>> {
  const outcomes = new Map<string, Outcome>()
  const queue = values.values()
  const worker = async () => {
    for (const value of queue) outcomes.set(value, await tryKey(value))
  }
  await Promise.all(Array.from({ length: triedAtOnce() }, worker))
  return outcomes
}
