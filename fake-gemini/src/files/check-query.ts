import { badRequest, invalidArgument } from '../wire/google-error.ts'
import type { GoogleError } from '../wire/google-error.ts'

/** Every method of the API takes these. */
const general: ReadonlySet<string> = new Set([
  'key',
  'alt',
  '$alt',
  'fields',
  '$fields',
  'prettyPrint',
  '$prettyPrint',
  'callback',
  'quotaUser',
  'access_token',
  'oauth_token',
  'uploadType',
  'upload_protocol',
  'upload_id',
  '$.xgafv',
])

function violation(description: string, field?: string): GoogleError {
  const found = field === undefined ? { description } : { field, description }
  return invalidArgument(description, [badRequest([found])])
}

/** Google rejects names that the method does not have. */
export function unknownQueryName(
  query: Readonly<Record<string, string>>,
  own: readonly string[] = [],
): GoogleError | undefined {
  const unknown = Object.keys(query).find((name) => !general.has(name) && !own.includes(name))
  if (unknown === undefined) return undefined
  return violation(
    `Invalid JSON payload received. Unknown name "${unknown}": Cannot bind query parameter. Field '${unknown}' could not be found in request message.`,
  )
}

/** An int32 of the query, or Google's error. */
export function wholeNumber(text: string, field: string): number | GoogleError {
  const value = Number(text)
  const fits = /^-?\d+$/.test(text) && Math.abs(value) <= 2_147_483_647
  if (fits) return value
  return violation(`Invalid value at '${field}' (TYPE_INT32), ${JSON.stringify(text)}`, field)
}
