import { z } from 'zod'
import { settingEntries } from './read-settings.ts'

export type JsonSchema = Readonly<Record<string, unknown>>

/** JSON Schema of the settings that change without a restart, with bounds, help, group and secrecy. */
export function settingsJsonSchema(): JsonSchema {
  const properties = settingEntries
    .filter(({ live }) => live)
    .map(({ env, schema, help, group, secret = false }) => {
      const { $schema: _, ...shape } = z.toJSONSchema(schema, { io: 'output' })
      const marks = { description: help, 'x-group': group, writeOnly: secret }
      return [env, { ...shape, ...marks }] as const
    })
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Settings',
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(properties),
  }
}
