import type { ClientDialect } from '@gemini-balance/contract'
import type { IncomingMessage } from 'node:http'
import type { DataRoute } from '../http/data-plane.ts'
import { credentialKind, type CredentialKind } from './credential-kind.ts'
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

export type MountedDialects = {
  readonly data: readonly DataRoute[]
  /** Tells the router which dialect a request on a shared path is for. */
  readonly credentialOf: (request: IncomingMessage) => CredentialKind
}

export function mountDialects(services: DialectServices, deps: MountDeps): MountedDialects {
  return {
    data: Object.values(dialects).flatMap((create) => mount(create(services), deps)),
    credentialOf: credentialKind,
  }
}
