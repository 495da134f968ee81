import { existsSync } from 'node:fs'
import fastifyStatic from '@fastify/static'
import type { RouteGroup } from './listener.ts'

/** The admin pages, as they were built. Without a build the gateway serves everything else. */
export function pageRoutes(folder: string): RouteGroup {
  return (app) => {
    if (!existsSync(folder)) return
    void app.register(fastifyStatic, { root: folder, index: 'index.html' })
  }
}
