import type { ClientDialect } from '@gemini-balance/contract'
import type { DataRoute } from '../http/data-plane.ts'
import type { Dialect } from './dialect.ts'
import { createGeminiDialect } from './gemini/dialect.ts'
import { mount, type MountDeps } from './mount.ts'
import { createOpenAiDialect } from './openai/dialect.ts'
import { createOpenAiNativeDialect } from './openai/native/dialect.ts'
import type { DialectServices } from './services.ts'

const dialects = {
  gemini: createGeminiDialect,
  openai: createOpenAiDialect,
  'openai-native': createOpenAiNativeDialect,
} satisfies Record<ClientDialect, (services: DialectServices) => Dialect>

export function mountDialects(services: DialectServices, deps: MountDeps): DataRoute[] {
  return Object.values(dialects).flatMap((create) => mount(create(services), deps))
}
