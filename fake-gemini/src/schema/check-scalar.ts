import { invalidValue } from './shape-problem.ts'
import type { ShapeProblem } from './shape-problem.ts'
import type { Scalar } from './request-schema.ts'

const base64 = /^[A-Za-z0-9+/_-]*={0,2}$/
const integer = /^-?\d+$/

type Row = { type: string; accepts: (value: unknown) => boolean }

const isWhole = (value: unknown): boolean =>
  typeof value === 'number'
    ? Number.isInteger(value)
    : typeof value === 'string' && integer.test(value)

const isNumber = (value: unknown): boolean =>
  typeof value === 'number' ||
  (typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value)))

const rows: Readonly<Record<Exclude<Scalar, 'bytes'>, Row>> = {
  string: { type: 'TYPE_STRING', accepts: (value) => typeof value === 'string' },
  bool: {
    type: 'TYPE_BOOL',
    accepts: (value) => typeof value === 'boolean' || value === 'true' || value === 'false',
  },
  int32: {
    type: 'TYPE_INT32',
    accepts: (value) => isWhole(value) && Math.abs(Number(value)) <= 2_147_483_648,
  },
  int64: { type: 'TYPE_INT64', accepts: isWhole },
  float: { type: 'TYPE_FLOAT', accepts: isNumber },
  double: { type: 'TYPE_DOUBLE', accepts: isNumber },
}

/** Uses the error texts of Google's JSON parser. */
export function scalarProblem(scalar: Scalar, value: unknown): ShapeProblem | undefined {
  if (scalar === 'bytes') return bytesProblem(value)
  const { type, accepts } = rows[scalar]
  return accepts(value) ? undefined : invalidValue(type, value)
}

/** Accepts both alphabets, with or without padding. A length of 4n + 1 is impossible. */
function isBase64(value: string): boolean {
  let { length } = value
  while (length > 0 && value[length - 1] === '=') length -= 1
  return length % 4 !== 1 && base64.test(value)
}

function bytesProblem(value: unknown): ShapeProblem | undefined {
  if (typeof value !== 'string') return invalidValue('TYPE_BYTES', value)
  if (isBase64(value)) return undefined
  return {
    path: '',
    describe: (path) =>
      `Invalid value at '${path}' (TYPE_BYTES), Base64 decoding failed for ${JSON.stringify(value)}`,
  }
}
