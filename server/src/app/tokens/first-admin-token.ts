import { generateAdminToken } from '../../auth/admins/admin-token.ts'
import type { Environment } from '../../settings/read-environment.ts'
import type { Storage } from '../../storage/storage.ts'

/** The first start without an admin token generates one. It is stored apart from the settings, so that a reset does not lose it. */
export async function firstAdminToken(
  { meta, settings }: Storage,
  environment: Environment,
): Promise<{ token: string | undefined; isNew: boolean }> {
  const known = await meta.get('admin-token')
  if (known !== undefined) return { token: known, isNew: false }
  const isGiven =
    environment['AUTH_TOKEN'] !== undefined || (await settings.all()).has('AUTH_TOKEN')
  if (isGiven) return { token: undefined, isNew: false }
  const made = generateAdminToken()
  const token = await meta.getOrMake('admin-token', () => made)
  return { token, isNew: token === made }
}
