import { existsSync } from 'node:fs'
import fastifyStatic from '@fastify/static'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { problem } from '../admin/http/admin-frame.ts'
import type { RouteGroup } from './listener.ts'
import { adminHeaders, pageHeaders } from './security-headers.ts'

/**
 * The admin pages, as they were built: one page for every path a person may type, without any data in it. Without a build the gateway
 * serves everything else. What nobody serves is not found, in words that do not repeat the address: there may be credentials in it.
 */
export function pageRoutes(folder: string | undefined): RouteGroup {
  const isBuilt = folder !== undefined && existsSync(folder)
  return (app) => {
    if (isBuilt) {
      app.addHook('onRequest', async (_request, reply) => void reply.headers(pageHeaders))
      void app.register(fastifyStatic, {
        root: folder,
        index: 'index.html',
        setHeaders: setCaching,
      })
    }
    app.setNotFoundHandler((request, reply) => {
      if (!isBuilt || !asksForPage(request)) return sendNotFound(reply)
      return reply.headers(pageHeaders).sendFile('index.html')
    })
  }
}

/** Names of what was built change with what is in them; the page itself does not. */
function setCaching(reply: FastifyReply, path: string): void {
  const isNamedByContent = /[/\\]assets[/\\]/.test(path)
  const caching = isNamedByContent ? 'public, max-age=31536000, immutable' : 'no-cache'
  reply.header('cache-control', caching)
}

/** Paths that look like files or belong to an API are no pages, whatever is accepted. */
function asksForPage({ method, url, headers }: FastifyRequest): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  const path = url.split('?')[0] ?? ''
  if (/^\/(?:api|auth)(?:\/|$)/.test(path) || /\.[^/]*$/.test(path)) return false
  return headers.accept?.includes('text/html') === true
}

function sendNotFound(reply: FastifyReply): FastifyReply {
  return reply
    .code(404)
    .headers(adminHeaders)
    .send(problem('not-found', 'Nothing is served at this path.'))
}
