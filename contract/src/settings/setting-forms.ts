import { z } from 'zod'
import { parseLenientJson, withoutOuterQuotes } from './lenient-json.ts'

/**
 * How values are written in an environment or a database column, and in JSON: a text form is accepted wherever a value is.
 */
export const text = () => z.string().trim()

/** Stricter than `Number`, which takes blanks, `true` and lists of one. */
const decimal = /^\s*[+-]?(\d+(?:\.\d*)?|\.\d+)\s*$/
const readNumber = (value: unknown) =>
  typeof value === 'string' && decimal.test(value) ? Number(value) : value

/** A number, or its text. */
export const numberIn = (min: number, max: number) => {
  const error = `must be a number from ${min} to ${max}`
  return z.preprocess(readNumber, z.number({ error }).min(min, { error }).max(max, { error }))
}

/** A whole number, or its text. */
export const wholeNumberIn = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`
  return z.preprocess(readNumber, z.int({ error }).min(min, { error }).max(max, { error }))
}

const words = new Map<unknown, boolean>([
  ...['true', '1', 'yes', 'on'].map((word) => [word, true] as const),
  ...['false', '0', 'no', 'off', ''].map((word) => [word, false] as const),
])

/** A time zone of this machine: `Asia/Shanghai`, `UTC`. */
export const timeZone = () =>
  text().refine(isTimeZone, 'must be a time zone such as Asia/Shanghai or UTC')

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** true or false; as text: `true`, `1`, `yes`, `on`, and their opposites. */
export const flag = () =>
  z.preprocess(
    (value) =>
      typeof value === 'string' ? (words.get(value.trim().toLowerCase()) ?? value) : value,
    z.boolean({ error: 'must be true or false' }),
  )

/** A list; as text a JSON array, or items between commas or line breaks. */
export const listOf = <S extends z.ZodType>(item: S) =>
  z.preprocess((value) => (typeof value === 'string' ? readList(value) : value), z.array(item))

/** A map from names to values; as text a JSON object. */
export const mapOf = <S extends z.ZodType>(value: S) =>
  z.preprocess(
    (written) => (typeof written === 'string' ? readMap(written) : written),
    z.record(z.string(), value),
  )

/** HTTP headers that Node can send: a bad one would fail every request. */
export const headersOf = () =>
  mapOf(z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'must be the value of a header')).refine(
    (headers) => Object.keys(headers).every((name) => /^[\w!#$%&'*+.^`|~-]+$/.test(name)),
    'must have names that headers can have',
  )

function readList(written: string): unknown {
  const trimmed = withoutOuterQuotes(written).trim()
  if (!trimmed.startsWith('[')) return itemsOf(trimmed)
  return (
    parseLenientJson(trimmed) ??
    (unquotedList.test(trimmed) ? itemsOf(trimmed.slice(1, -1)) : undefined)
  )
}

/** `[a,b]`: what a shell leaves of `["a","b"]`. */
const unquotedList = /^\[[^[\]{}"'\\]*\]$/

function itemsOf(written: string): string[] {
  return written
    .split(/[\n,]/)
    .map((item) => withoutOuterQuotes(item.trim()))
    .filter((item) => item !== '')
}

function readMap(written: string): unknown {
  const trimmed = withoutOuterQuotes(written).trim()
  return trimmed === '' ? {} : parseLenientJson(trimmed)
}

const addresses = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])
/** An IPv4 or IPv6 address, or a range. */
export const addressOrRange = text().refine((value) => addresses.safeParse(value).success, {
  error: 'must be an IP address or a range such as 10.0.0.0/8',
})

const proxyUrl = z
  .url({ protocol: /^(https?|socks5h?)$/ })
  .regex(/^[a-z\d]+:\/\/([^\s/?#@]*@)?[^\s/?#@]+\/?$/i)
const isProxy = (value: string) => proxyUrl.safeParse(value).success
const proxyError =
  'must be the address of a proxy: http://, https:// or socks5://, then [user:password@]host[:port]'

/** `http://`, `https://` or `socks5://`, then the host, with `user:password@` and port where needed. */
export const proxyAddress = text().refine(isProxy, proxyError)

/** The address of a proxy, or an empty text. */
export const maybeProxyAddress = text().refine(
  (value) => value === '' || isProxy(value),
  proxyError,
)

/** The common names of the database types. */
export function databaseName(value: unknown): unknown {
  const name = lowerCase(value)
  if (name === 'mariadb') return 'mysql'
  return name === 'postgres' ? 'postgresql' : name
}

export function lowerCase(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value
}
