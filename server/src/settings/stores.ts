/** A setting's text, and where it comes from: the environment of an earlier start, or a change since. */
export type StoredSetting = {
  readonly value: string
  readonly origin: 'environment' | 'database'
}

/** Settings by environment name. */
export type SettingsStore = {
  all(): Promise<ReadonlyMap<string, StoredSetting>>
  /** All or nothing; undefined removes a value. */
  write(values: ReadonlyMap<string, StoredSetting | undefined>): Promise<void>
}
