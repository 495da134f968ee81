import type { ClientDialect } from '@gemini-balance/contract'
import type { IncomingMessage } from 'node:http'
import type { Addresses, RawHandler } from '../../http/data-plane.ts'
import { credentialKind } from '../credential-kind.ts'
import type { Dialect } from '../dialect.ts'
import { notServed } from '../failures.ts'
import { refuse, type MountDeps } from '../mount.ts'
import { dialectOfCredential, dialectOfPath } from './meant-dialect.ts'
import { nearestAddress } from './nearest-address.ts'
import { servedPath } from './served-path.ts'

/** What addresses mean that are none of the dialects' own. */
export function createAddresses(
  dialects: Readonly<Record<ClientDialect, Dialect>>,
  deps: MountDeps,
): Addresses {
  const refuserOf =
    (name: ClientDialect, path: string): RawHandler =>
    (raw, response) => {
      const nearest = nearestAddress(name, { method: raw.method, path })
      refuse(deps, { dialect: dialects[name], raw, response }, notServed(nearest))
    }

  return {
    servedPath: (path, request) => servedPath(path, { hasCredential: hasCredential(request) }),
    refuserOfPath(path, request) {
      const name = dialectOfPath(path, credentialKind(request))
      return name && refuserOf(name, path)
    },
    refuserOfClient: (path, request) =>
      hasCredential(request)
        ? refuserOf(dialectOfCredential(credentialKind(request)), path)
        : undefined,
  }
}

/** Whether a client sends a token, as browsers that open a page do not. */
function hasCredential(request: IncomingMessage): boolean {
  const isOpenAi = credentialKind(request) === 'openai'
  return !isOpenAi || request.headers.authorization !== undefined
}
