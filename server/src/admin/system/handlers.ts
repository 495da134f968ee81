import { endpoints, openApiDocument } from '@gemini-balance/contract'
import type { Handlers } from '../handlers.ts'

export function systemHandlers(version: string): Pick<Handlers, 'getOpenApi'> {
  return { getOpenApi: async () => openApiDocument(endpoints, version) }
}
