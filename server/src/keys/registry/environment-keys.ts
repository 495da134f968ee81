import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { MetaStore } from '../../runtime/meta-store.ts'

const metaName = 'environment-keys'
const digests = z.array(z.string())
/** More than the environment of a process can hold. */
const mostRemembered = 500_000

export type EnvironmentKeys = {
  readonly meta: Pick<MetaStore, 'get' | 'set'>
  readonly values: readonly string[]
}

/**
 * Adds the keys that the environment names for the first time. What it named at an earlier start stays as the operator left it: a key
 * that was deleted does not come back.
 */
export async function importEnvironmentKeys(
  { meta, values }: EnvironmentKeys,
  add: (values: readonly string[]) => Promise<unknown>,
): Promise<void> {
  const known = digests.parse(JSON.parse((await meta.get(metaName)) ?? '[]'))
  const seen = new Set(known)
  const fresh = values.filter((value) => !seen.has(digestOf(value)))
  if (fresh.length === 0) return
  await add(fresh)
  const remembered = [...new Set([...known, ...fresh.map(digestOf)])].slice(-mostRemembered)
  await meta.set(metaName, JSON.stringify(remembered))
}

/** Unlike the fingerprint in the table, it does not change with the encryption key. */
function digestOf(value: string): string {
  return createHash('sha256').update(`environment ${value}`).digest('base64url').slice(0, 22)
}
