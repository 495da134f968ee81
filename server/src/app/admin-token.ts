import { randomBytes } from 'node:crypto'
import type { Environment } from '../settings/read-environment.ts'
import type { Storage } from '../storage/storage.ts'

export const makeAdminToken = (): string => randomBytes(24).toString('base64url')

/**
 * Without an admin token nobody could ever come in: the first start without one makes one and keeps it, apart from the settings, so that
 * a reset of these does not lose it.
 */
export async function adminTokenOf(
  { meta, settings }: Storage,
  environment: Environment,
): Promise<{ token: string | undefined; isNew: boolean }> {
  const known = await meta.get('admin-token')
  if (known !== undefined) return { token: known, isNew: false }
  const isGiven =
    environment['AUTH_TOKEN'] !== undefined || (await settings.all()).has('AUTH_TOKEN')
  if (isGiven) return { token: undefined, isNew: false }
  const made = makeAdminToken()
  const token = await meta.getOrMake('admin-token', () => made)
  return { token, isNew: token === made }
}
