import { errors } from '@gemini-balance/contract'
import type { FastifyInstance } from 'fastify'
import { everyMethod } from './data-plane.ts'

/** Answers the methods of a path that have no route: OPTIONS with 204 and the others with 405, both with those that it takes. */
export function answerOtherMethods(
  app: FastifyInstance,
  url: string,
  taken: readonly string[],
): void {
  const allowed = [...taken, ...(taken.includes('GET') ? ['HEAD'] : []), 'OPTIONS']
  const allow = allowed.join(', ')
  app.route({
    method: 'OPTIONS',
    url,
    handler: (_request, reply) => reply.code(204).header('allow', allow).send(),
  })
  const refused = [...everyMethod, 'HEAD'].filter((method) => !allowed.includes(method))
  app.route({
    method: refused,
    url,
    handler: (_request, reply) => reply.code(405).header('allow', allow).send(notAllowed),
  })
}

const notAllowed = {
  error: { code: 'method_not_allowed', message: errors.method_not_allowed.sentence },
}
