import { z } from 'zod'
import { readSettings, settingEntries, writeSetting, type SettingEntry } from './read-settings.ts'
import type { SettingFacts } from './setting-facts.ts'

/** A setting as documentation and forms describe it. */
export type SettingDescription = SettingFacts & {
  readonly name: string
  /** `whole number`, `list of text`. */
  readonly kind: string
  /** The allowed values: `0 to 10`. */
  readonly bounds: string | undefined
  /** As the environment would write it. */
  readonly defaultText: string
}

/** Every setting in the order of the table. */
export function describeSettings(): SettingDescription[] {
  return settingEntries.map(describeSetting)
}

const defaults = readSettings({})

function describeSetting({ schema, ...facts }: SettingEntry): SettingDescription {
  const shape = shapeOf(schema)
  return {
    ...facts,
    kind: kindOf(shape),
    bounds: boundsOf(shape),
    defaultText: textOf(defaults[facts.name]),
  }
}

/** The part of JSON Schema that settings use. */
const shape = z.object({
  type: z.string(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  enum: z.array(z.string()).optional(),
  get items() {
    return shape.optional()
  },
  get additionalProperties() {
    return z.union([z.boolean(), shape]).optional()
  },
})
type Shape = z.infer<typeof shape>

/** Read from zod, so that bounds stand in one place. */
function shapeOf(schema: z.ZodType): Shape {
  return shape.parse(z.toJSONSchema(schema))
}

const kinds: ReadonlyMap<string, string> = new Map([
  ['integer', 'whole number'],
  ['boolean', 'true or false'],
  ['string', 'text'],
  ['object', 'object'],
])

function kindOf({ type, items, additionalProperties }: Shape): string {
  if (type === 'array' && items) return `list of ${items.type === 'object' ? 'objects' : 'text'}`
  if (typeof additionalProperties === 'object') return `map to ${kindOf(additionalProperties)}`
  return kinds.get(type) ?? type
}

function boundsOf({
  minimum,
  maximum,
  enum: words,
  additionalProperties,
}: Shape): string | undefined {
  if (words) return words.join(', ')
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`
  return typeof additionalProperties === 'object' ? boundsOf(additionalProperties) : undefined
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) {
    const isPlain = value.every((item) => typeof item === 'string')
    return isPlain ? value.join(',') : JSON.stringify(value)
  }
  if (typeof value === 'object' && value !== null && Object.keys(value).length === 0) return ''
  return writeSetting(value)
}
