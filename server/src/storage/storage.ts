import type { ClientTokenStore, SessionStore } from '../auth/stores.ts'
import type { EngineStateStore, KeyStore, ProjectStore } from '../keys/stores.ts'
import type { SignatureStore } from '../resources/stores.ts'
import type { MetaStore } from '../runtime/meta-store.ts'
import type { SettingsStore } from '../settings/stores.ts'
import type {
  AuditStore,
  ErrorStore,
  PriceStore,
  RefusalStore,
  RequestLogStore,
  RetentionStore,
  UsageStore,
} from '../telemetry/stores.ts'

/** Everything that outlives the process. */
export type Storage = {
  readonly keys: KeyStore
  readonly projects: ProjectStore
  readonly engineState: EngineStateStore
  readonly tokens: ClientTokenStore
  readonly sessions: SessionStore
  readonly settings: SettingsStore
  readonly requestLog: RequestLogStore
  readonly errors: ErrorStore
  readonly usage: UsageStore
  readonly prices: PriceStore
  readonly audit: AuditStore
  readonly refusals: RefusalStore
  readonly retention: RetentionStore
  readonly signatures: SignatureStore
  readonly meta: MetaStore
  /** Everything that the work writes to the stores it is given, or nothing. */
  atOnce(work: (stores: OperatorStores) => Promise<void>): Promise<void>
  /** Whether the database answers now. */
  isReady(): Promise<boolean>
  /** Waits for the statements under way. */
  close(): Promise<void>
}

/** What operators set, and the states that follow from it, as opposed to what the gateway records. */
export type OperatorStores = Pick<
  Storage,
  'settings' | 'keys' | 'tokens' | 'projects' | 'prices' | 'engineState'
>
