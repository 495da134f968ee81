import { tokenIdOf } from '../../auth/clients/client-token.ts'
import type { ClientTokens } from '../../auth/clients/client-tokens.ts'
import type { AuditStore } from '../../telemetry/stores.ts'

export type CallerNamesDeps = {
  readonly tokens: Pick<ClientTokens, 'all'>
  /** The id of the admin token among clients. */
  readonly adminId: () => string | undefined
  readonly audit: Pick<AuditStore, 'list'>
}

/** Gives the names of these callers by the ids of their tokens. */
export type CallerNames = (
  callers: readonly (string | undefined)[],
) => Promise<(caller: string) => string>

const mostRows = 1000

/** How people name callers: the name of the token, also of a deleted one, where the audit log knows it. */
export function createCallerNames({ tokens, adminId, audit }: CallerNamesDeps): CallerNames {
  async function deletedNames(): Promise<ReadonlyMap<string, string>> {
    const names = new Map<string, string>()
    // The oldest first: a token may have been renamed since it was created.
    for (const action of ['token-created', 'token-changed', 'token-deleted']) {
      const { rows } = await audit.list({ action, limit: mostRows })
      for (const { subject, detail } of rows.toReversed()) {
        const { name } = detail
        if (typeof name === 'string') names.set(subject, name)
      }
    }
    return names
  }

  return async (callers) => {
    const known = new Map(tokens.all().map(({ digest, name }) => [tokenIdOf(digest), name]))
    // Calls without a token are the gateway's own.
    known.set(adminId() ?? '', 'admin')
    known.set('', 'gateway')
    const isKnown = callers.every((caller = '') => known.has(caller))
    const deleted = isKnown ? known : await deletedNames()
    return (caller) => known.get(caller) ?? deleted.get(caller) ?? `unknown token ${caller}`
  }
}
