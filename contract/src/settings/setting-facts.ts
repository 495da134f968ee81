import { z } from 'zod'

export type SettingGroup =
  | 'server'
  | 'database'
  | 'access'
  | 'upstream'
  | 'retry'
  | 'models'
  | 'keys'
  | 'pool'
  | 'stream'
  | 'history'

export type SettingFacts = {
  /** The name in the environment, in the database and in the admin API. */
  readonly env: string
  readonly group: SettingGroup
  readonly help: string
  /** Takes effect without a restart. Settings that do not are read from the environment alone. */
  readonly live: boolean
  /** Never shown: lists show how each item ends. */
  readonly secret?: boolean
  /** What is secret of it are the passwords in addresses: the rest of them is shown. */
  readonly addresses?: boolean
  /** Kept as rows of a table of their own, which the environment only adds to at a start. */
  readonly asRows?: boolean
}

/** What is known of each setting beside its type. */
export const facts = z.registry<SettingFacts>()

type Options = Partial<Pick<SettingFacts, 'live' | 'secret' | 'addresses' | 'asRows'>>

export const about =
  (group: SettingGroup, options: Options = {}) =>
  <S extends z.ZodType>(env: string, schema: S, help: string): S => {
    facts.add(schema, { env, group, help, live: true, ...options })
    return schema
  }
