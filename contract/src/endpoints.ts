import { z } from 'zod'

export type Endpoint = {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  readonly path: string
  readonly help: string
  readonly body?: z.ZodType
  readonly answer: z.ZodType
}

const settingShown = z.object({
  name: z.string(),
  group: z.string(),
  help: z.string(),
  live: z.boolean(),
  secret: z.boolean(),
  /** Where the value comes from. */
  origin: z.enum(['default', 'environment', 'database']),
  /** Secrets show how each of them ends. */
  value: z.unknown(),
})
export type SettingShown = z.infer<typeof settingShown>

const configShown = z.object({ settings: z.array(settingShown) })

/** The admin API: method, path, body and answer, once. Handlers and clients are made from this table. */
export const endpoints = {
  getConfig: {
    method: 'GET',
    path: '/api/config',
    help: 'Every setting with its value and where that comes from.',
    answer: configShown,
  },
  putConfig: {
    method: 'PUT',
    path: '/api/config',
    help: 'Changes the settings named in the body, all or none.',
    body: z.record(z.string(), z.unknown()),
    answer: configShown,
  },
} as const satisfies Record<string, Endpoint>

export type Endpoints = typeof endpoints
export type EndpointName = keyof Endpoints
export type EndpointBody<N extends EndpointName> = Endpoints[N] extends { body: z.ZodType<infer B> }
  ? B
  : undefined
export type EndpointAnswer<N extends EndpointName> = z.infer<Endpoints[N]['answer']>
