import { badRequest, invalidArgument } from '../wire/google-error.ts'
import type { GoogleError } from '../wire/google-error.ts'
import { scalarProblem } from './check-scalar.ts'
import { invalidValue } from './shape-problem.ts'
import type { ShapeProblem } from './shape-problem.ts'
import type { Field, FieldType, Message } from './request-schema.ts'

type JsonObject = Record<string, unknown>

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const home = 'type.googleapis.com/google.ai.generativelanguage.v1beta.'

/**
 * Validates a parsed body as Google's JSON parser does, and normalizes it in place: camel-case names,
 * upper-case enum values, single values wrapped in lists.
 */
export function checkShape(message: Message, body: unknown): GoogleError | undefined {
  const problems: ShapeProblem[] = []
  if (!isObject(body)) {
    return invalidArgument('Invalid JSON payload received. Expected an object.')
  }
  checkMessage(message, body, problems)
  if (problems.length === 0) return undefined
  const violations = problems.map(({ path, describe }) => {
    const description = describe(path)
    return path === '' ? { description } : { field: path, description }
  })
  return invalidArgument(violations.map(({ description }) => description).join('\n'), [
    badRequest(violations),
  ])
}

function unknownName(name: string, why: string): ShapeProblem {
  return {
    path: '',
    describe: (path) =>
      `Invalid JSON payload received. Unknown name "${name}"${path === '' ? '' : ` at '${path}'`}: ${why}`,
  }
}

function prefix(problems: ShapeProblem[], from: number, step: string): void {
  for (let index = from; index < problems.length; index += 1) {
    const problem = problems[index]
    if (!problem) return
    const { path } = problem
    problem.path = path === '' ? step : path.startsWith('[') ? step + path : `${step}.${path}`
  }
}

function checkMessage(message: Message, value: JsonObject, problems: ShapeProblem[]): void {
  let chosen: Map<string, string> | undefined
  for (const key of Object.keys(value)) {
    const field = message.fields.get(key)
    if (!field) {
      problems.push(unknownName(key, 'Cannot find field.'))
      continue
    }
    const found = value[key]
    if (key !== field.name || found === null) Reflect.deleteProperty(value, key)
    // proto3 JSON treats null as unset.
    if (found === null) continue
    if (field.choice !== undefined) {
      chosen ??= new Map()
      checkChoice({ field, key, chosen }, problems)
    }
    const checked = checkField(field, found, problems)
    if (checked !== found || key !== field.name) value[field.name] = checked
  }
}

function checkChoice(
  call: { field: Field; key: string; chosen: Map<string, string> },
  problems: ShapeProblem[],
): void {
  const { field, key, chosen } = call
  const choice = field.choice ?? ''
  if (!chosen.has(choice)) {
    chosen.set(choice, field.name)
    return
  }
  problems.push({
    path: '',
    describe: (path) =>
      `Invalid value at '${path}' (oneof), oneof field '${choice}' is already set. Cannot set '${key}'`,
  })
}

function checkField(field: Field, value: unknown, problems: ShapeProblem[]): unknown {
  const mark = problems.length
  const checked = checkByShape(field, value, problems)
  if (problems.length > mark) prefix(problems, mark, field.path)
  return checked
}

function checkByShape(field: Field, value: unknown, problems: ShapeProblem[]): unknown {
  switch (field.shape) {
    case 'one':
      if (Array.isArray(value) && field.type.kind !== 'any') {
        return checkNoList(field, value, problems)
      }
      return checkValue(field.type, value, problems)
    case 'list':
      // Google accepts a single value as a list of one.
      return checkList(field.type, Array.isArray(value) ? value : [value], problems)
    case 'map':
      return checkMap(field, value, problems)
  }
}

/** Google reports an unexpected list at the parent, under the field's name. */
function checkNoList(field: Field, value: unknown, problems: ShapeProblem[]): unknown {
  problems.push({
    path: '',
    describe: (path) => {
      const end = path.length - field.path.length
      const parent = path.slice(0, end).replace(/\.$/, '')
      const at = parent === '' ? '' : ` at '${parent}'`
      return `Invalid JSON payload received. Unknown name "${field.name}"${at}: Proto field is not repeating, cannot start list.`
    },
  })
  return value
}

function checkList(type: FieldType, values: unknown[], problems: ShapeProblem[]): unknown[] {
  for (let index = 0; index < values.length; index += 1) {
    const mark = problems.length
    const value = values[index]
    const checked = checkValue(type, value, problems)
    if (checked !== value) values[index] = checked
    if (problems.length > mark) prefix(problems, mark, `[${index}]`)
  }
  return values
}

function checkMap(field: Field, value: unknown, problems: ShapeProblem[]): unknown {
  if (!isObject(value)) {
    problems.push(invalidValue('Map', value))
    return value
  }
  let index = 0
  for (const key of Object.keys(value)) {
    const mark = problems.length
    value[key] = checkValue(field.type, value[key], problems)
    // Google numbers map entries instead of naming their keys.
    if (problems.length > mark) prefix(problems, mark, `[${index}].value`)
    index += 1
  }
  return value
}

function checkValue(type: FieldType, value: unknown, problems: ShapeProblem[]): unknown {
  switch (type.kind) {
    case 'any':
      return value
    case 'struct':
      if (!isObject(value)) {
        problems.push(invalidValue('type.googleapis.com/google.protobuf.Struct', value))
      }
      return value
    case 'message':
      if (isObject(value)) checkMessage(type.message, value, problems)
      else problems.push(invalidValue(home + type.message.name, value))
      return value
    case 'enum':
      return checkEnum(type, value, problems)
    case 'scalar': {
      if (type.scalar === 'string' && typeof value === 'string') return value
      const problem = scalarProblem(type.scalar, value)
      if (problem) problems.push(problem)
      return !problem && typeof value === 'string' && isNumeric(type.scalar) ? Number(value) : value
    }
  }
}

const isNumeric = (scalar: string): boolean => /^(int|float|double)/.test(scalar)

function checkEnum(
  type: { name: string; values: ReadonlySet<string> },
  value: unknown,
  problems: ShapeProblem[],
): unknown {
  if (typeof value === 'string') {
    if (type.values.has(value)) return value
    const upper = value.toUpperCase().replaceAll('-', '_')
    if (type.values.has(upper)) return upper
  } else if (typeof value === 'number' && Number.isInteger(value)) {
    const named = [...type.values][value]
    if (named !== undefined) return named
  }
  problems.push(invalidValue(home + type.name, value))
  return value
}
