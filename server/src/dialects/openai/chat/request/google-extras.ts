import { z } from 'zod'
import { isObject, type JsonObject } from '../../../../runtime/json-value.ts'
import type { Warning } from '../../../translate/warnings.ts'

const thinkingFields = {
  thinking_level: z.string().nullish(),
  thinking_budget: z.number().int().nullish(),
  include_thoughts: z.boolean().nullish(),
}

const fields = {
  thinking_config: z
    .preprocess(snakeCased(thinkingFields), z.looseObject(thinkingFields).nullish())
    .optional(),
  cached_content: z.string().nullish(),
  safety_settings: z.array(z.object({ category: z.string(), threshold: z.string() })).nullish(),
  aspect_ratio: z.string().nullish(),
  image_size: z.string().nullish(),
}

/** Google's extension fields, in snake or camel case. */
export const googleExtras = z
  .preprocess(snakeCased(fields), z.looseObject(fields).nullish())
  .optional()
export type GoogleExtras = NonNullable<z.output<typeof googleExtras>>

type Extended = {
  readonly extra_body?:
    | ({ readonly google?: GoogleExtras | null | undefined } & JsonObject)
    | null
    | undefined
  readonly google?: GoogleExtras | null | undefined
}

/** SDKs send the fields as `extra_body.google` or as `google`. */
export const googleExtrasOf = ({ extra_body: body, google }: Extended): GoogleExtras | undefined =>
  body?.google ?? google ?? undefined

/** Names that are unknown, or given a second time. */
export function droppedExtras({ extra_body: body, google }: Extended): Warning[] {
  const reason = 'Google has no counterpart.'
  const names = [
    ...unknownNames(body, { google: true }, 'extra_body'),
    ...unknownExtras(body?.google, 'extra_body.google'),
    ...(isObject(body?.google) && isObject(google) ? ['google'] : unknownExtras(google, 'google')),
  ]
  return names.map((field) => ({ field, reason }))
}

const unknownExtras = (extras: GoogleExtras | null | undefined, path: string): string[] => [
  ...unknownNames(extras, fields, path),
  ...unknownNames(extras?.thinking_config, thinkingFields, `${path}.thinking_config`),
]

function unknownNames(value: JsonObject | null | undefined, known: object, path: string): string[] {
  return Object.keys(value ?? {})
    .filter((name) => !Object.hasOwn(known, name))
    .map((name) => `${path}.${name}`)
}

/** Known names in snake case. A name that is given in both cases keeps its value in snake case. */
function snakeCased(known: object): (value: unknown) => unknown {
  return (value) => {
    if (!isObject(value)) return value
    const named = Object.entries(value).map(([name, one]) => {
      const snake = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
      const renames = Object.hasOwn(known, snake) && !Object.hasOwn(value, snake)
      return [renames ? snake : name, one]
    })
    return Object.fromEntries(named)
  }
}
