import { existsSync } from 'node:fs'
import fastifyStatic from '@fastify/static'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Addresses } from './data-plane.ts'
import type { RouteGroup } from './listener.ts'
import { adminHeaders, pageHeaders } from './security-headers.ts'

export type PageDeps = {
  /** The built pages. Without it, only the other routes work. */
  readonly folder: string | undefined
  /** The body of a 404. It must not repeat the path, which may hold credentials. */
  readonly notFound: object
  readonly refuserOfClient: Addresses['refuserOfClient']
}

/** The admin pages: one HTML file for all their paths, without data in it. Any other path is not found. */
export function pageRoutes({ folder, notFound, refuserOfClient }: PageDeps): RouteGroup {
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
      const path = request.url.split('?')[0] ?? ''
      if (isBuilt && mayBePage(path)) {
        if (asksForPage(request)) return reply.headers(pageHeaders).sendFile('index.html')
        if (request.method === 'OPTIONS') {
          return reply.code(204).headers(adminHeaders).header('allow', 'GET, HEAD, OPTIONS').send()
        }
      }
      const refuse = isOwn(path) ? undefined : refuserOfClient(path, request.raw)
      if (refuse === undefined) return reply.code(404).headers(adminHeaders).send(notFound)
      reply.hijack()
      refuse(request.raw, reply.raw)
      return reply
    })
  }
}

/** Names of assets change with their content; the name of the page does not. */
function setCaching(reply: FastifyReply, path: string): void {
  const isNamedByContent = /[/\\]assets[/\\]/.test(path)
  const caching = isNamedByContent ? 'public, max-age=31536000, immutable' : 'no-cache'
  reply.header('cache-control', caching)
}

/** Paths of the admin API. */
const isOwn = (path: string): boolean => /^\/(?:api|auth)(?:\/|$)/.test(path)

/** Paths of files and of APIs are no pages, even when the client accepts HTML. */
const mayBePage = (path: string): boolean => !isOwn(path) && !/\.[^/.]*$/.test(path)

function asksForPage({ method, headers }: FastifyRequest): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  return headers.accept?.includes('text/html') === true
}
