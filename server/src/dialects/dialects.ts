import type { ClientDialect } from '@gemini-balance/contract'
import type { IncomingMessage } from 'node:http'
import type { Addresses, DataRoute } from '../http/data-plane.ts'
import { createAddresses } from './addresses/addresses.ts'
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
  readonly addresses: Addresses
}

export function mountDialects(services: DialectServices, deps: MountDeps): MountedDialects {
  const created = {
    gemini: dialects.gemini(services),
    openai: dialects.openai(services),
    'openai-native': dialects['openai-native'](services),
  } satisfies Record<ClientDialect, Dialect>
  return {
    data: Object.values(created).flatMap((dialect) => mount(dialect, deps)),
    credentialOf: credentialKind,
    addresses: createAddresses(created, deps),
  }
}
