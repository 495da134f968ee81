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
  /** Takes effect without a restart. Other settings are read from the environment only. */
  readonly live: boolean
  /** Answers show the last four characters only. */
  readonly secret?: boolean
  /** Only the passwords in its addresses are secret. */
  readonly addresses?: boolean
  /** Stored in its own table. The environment only adds rows, at a start. */
  readonly asRows?: boolean
}

/** The facts of each setting beside its type. */
export const facts = z.registry<SettingFacts>()

type Options = Partial<Pick<SettingFacts, 'live' | 'secret' | 'addresses' | 'asRows'>>

export const about =
  (group: SettingGroup, options: Options = {}) =>
  <S extends z.ZodType>(env: string, schema: S, help: string): S => {
    facts.add(schema, { env, group, help, live: true, ...options })
    return schema
  }
