import type { FastifyInstance } from 'fastify'
import type { IncomingMessage } from 'node:http'

/** Whose client a request comes from, by where its credential is. */
export type CredentialKind = 'google' | 'anthropic' | 'openai'

/** `/v1/models` is a path of three dialects; only the credential tells them apart. */
export function credentialKind({
  headers,
  url = '',
}: Pick<IncomingMessage, 'headers' | 'url'>): CredentialKind {
  if (headers['anthropic-version'] !== undefined && headers['x-api-key'] !== undefined) {
    return 'anthropic'
  }
  const query = url.split('?')[1]
  const hasKey = query !== undefined && new URLSearchParams(query).has('key')
  return headers['x-goog-api-key'] !== undefined || hasKey ? 'google' : 'openai'
}

export const credentialConstraint = 'credential'

/** Lets routes be bound to a kind of credential; one that no route is bound to falls through to the next route. */
export function constrainByCredential(app: FastifyInstance): void {
  if (app.hasConstraintStrategy(credentialConstraint)) return
  app.addConstraintStrategy({
    name: credentialConstraint,
    storage: createHandlerStorage,
    deriveConstraint: credentialKind,
  })
}

type Strategy = Parameters<FastifyInstance['addConstraintStrategy']>[0]
type Storage = ReturnType<Strategy['storage']>
type Handler = Parameters<Storage['set']>[1]

function createHandlerStorage(): Storage {
  const handlers = new Map<unknown, Handler>()
  return {
    get: (kind: unknown) => handlers.get(kind) ?? null,
    set(kind: unknown, handler: Handler) {
      handlers.set(kind, handler)
    },
  }
}
