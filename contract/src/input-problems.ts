import type { z } from 'zod'

/** What is wrong with one field: `must be text, not a number`. It has kinds and choices, never a value, which may be a secret. */
export type InputProblem = {
  readonly path: readonly PropertyKey[]
  readonly problem: string
}

export type InputProblems = {
  readonly problems: readonly InputProblem[]
  /** How many more there are. */
  readonly more: number
}

const maxProblems = 20
const maxChoices = 10

/** Says in plain words what a schema refused. Without the input, the kinds of what was sent are left out. */
export function inputProblems({ issues }: z.ZodError, input?: unknown): InputProblems {
  const found = issues.slice(0, maxProblems).flatMap(withoutUnions)
  const problems = found.slice(0, maxProblems).map((issue) => ({
    path: issue.path,
    problem: sentenceOf(issue, valueAt(input, issue.path)),
  }))
  const isCut = issues.length > maxProblems || found.length > maxProblems
  return { problems, more: isCut ? Math.max(issues.length, found.length) - maxProblems : 0 }
}

/** `limits.requestsPerDay`; names that a client made up, and that may be secrets, are left out. */
export function fieldOf(path: readonly PropertyKey[]): string {
  return path.map(stepOf).join('.')
}

/** `messages[0].content`, as OpenAI names fields. */
export function paramOf(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) =>
      typeof step === 'number' ? `[${step}]` : `${index === 0 ? '' : '.'}${stepOf(step)}`,
    )
    .join('')
}

const plainName = /^(?!AIza|AQ\.|gb-)[\w.:-]{1,64}$/
const stepOf = (step: PropertyKey) => {
  const text = String(step)
  return plainName.test(text) ? text : '…'
}

type Issue = z.core.$ZodIssue
/** Several things that one place may be. */
type Alternatives = {
  readonly code: 'alternatives'
  readonly path: PropertyKey[]
  readonly allowed: string
}
type Explained = Exclude<Issue, z.core.$ZodIssueInvalidUnion> | Alternatives

function withoutUnions(issue: Issue): Explained[] {
  if (issue.code !== 'invalid_union') return [issue]
  const branches = issue.errors.map((issues) => issues.flatMap(withoutUnions))
  const inside = branches.filter((branch) => branch.every(isInside))
  const chosen = inside.length > 0 ? bestOf(inside) : [alternatives(issue, branches)]
  return chosen.map((one) => ({ ...one, path: [...issue.path, ...one.path] }))
}

/** The value is of the kind that this member of the union takes; a field of it is wrong. */
const isInside = ({ path, code }: Explained) => path.length > 0 || code === 'unrecognized_keys'

/** The member with the fewest problems, the deepest first. Where all have another name for the kind, their names are the choices. */
function bestOf(branches: readonly Explained[][]): Explained[] {
  const named = nameOfKind(branches)
  if (named !== undefined) return [named]
  const ordered = branches.toSorted(
    (one, other) => one.length - other.length || depthOf(other) - depthOf(one),
  )
  return ordered[0] ?? []
}

const depthOf = (issues: readonly Explained[]) => Math.max(...issues.map(({ path }) => path.length))

function nameOfKind(branches: readonly Explained[][]): Explained | undefined {
  if (branches.length < 2) return undefined
  const [first = []] = branches
  for (const one of first) {
    const field = fieldOf(one.path)
    const others = branches.map((branch) =>
      branch.find((other) => other.code === 'invalid_value' && fieldOf(other.path) === field),
    )
    const known = others.filter((other) => other !== undefined)
    if (known.length === branches.length) return alternatives({ path: one.path }, [known], one.path)
  }
  return undefined
}

function alternatives(
  issue: Pick<z.core.$ZodIssueInvalidUnion, 'path'> & { readonly options?: unknown },
  branches: readonly (readonly Explained[])[],
  at: PropertyKey[] = [],
): Alternatives {
  const options: readonly unknown[] = Array.isArray(issue.options) ? issue.options : []
  const values = [
    ...options,
    ...branches.flat().flatMap((one) => (one.code === 'invalid_value' ? one.values : [])),
  ]
  const others = branches.flatMap(([one]) =>
    one === undefined || one.code === 'invalid_value' || one.path.length > 0 ? [] : nounOf(one),
  )
  const allowed = [...new Set([...(values.length === 0 ? [] : [choicesOf(values)]), ...others])]
  return { code: 'alternatives', path: at, allowed: allowed.join(' or ') }
}

function choicesOf(values: readonly unknown[]): string {
  const names = [...new Set(values.map((value) => (value === '' ? 'empty text' : String(value))))]
  const shown = names.slice(0, maxChoices).join(', ')
  const more = names.length - maxChoices
  if (names.length === 1) return shown
  return more > 0 ? `one of ${shown} and ${more} more` : `one of ${shown}`
}

/** Messages that schemas give themselves are sentences already. */
const isOfZod = (message: string) => /^(?:Invalid|Too|Unrecognized)\b/.test(message)

function sentenceOf(issue: Explained, value: unknown): string {
  if (issue.code === 'unrecognized_keys') return unknownMembers(issue.keys)
  if (issue.code !== 'alternatives' && !isOfZod(issue.message)) return issue.message
  const given = kindOf(value)
  const rule = isEmpty(issue) ? 'must not be empty' : `must be ${nounOf(issue)}`
  if (given === 'missing') return `is missing; it ${rule}`
  return isKindAtFault(issue) && given !== undefined ? `${rule}, not ${given}` : rule
}

const isEmpty = (issue: Explained) =>
  issue.code === 'too_small' && issue.minimum === 1 && issue.origin !== 'number'

const isKindAtFault = ({ code }: Explained) =>
  code === 'invalid_type' || code === 'invalid_value' || code === 'alternatives'

/** What is allowed, as a noun. */
function nounOf(issue: Explained): string {
  switch (issue.code) {
    case 'alternatives':
      return issue.allowed
    case 'invalid_value':
      return choicesOf(issue.values)
    case 'invalid_type':
      return kinds.get(issue.expected) ?? issue.expected
    case 'too_small':
      return `${measured(issue.origin)}${issue.inclusive === false ? 'more than' : 'at least'} ${counted(issue.minimum, issue.origin)}`
    case 'too_big':
      return `${measured(issue.origin)}${issue.inclusive === false ? 'less than' : 'at most'} ${counted(issue.maximum, issue.origin)}`
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`
    case 'invalid_format':
      return formats.get(issue.format) ?? `text in the format ${issue.format}`
    case 'unrecognized_keys':
      return 'an object without unknown members'
    case 'invalid_key':
      return 'an object whose members have valid names'
    case 'invalid_element':
      return 'a collection of valid items'
    case 'custom':
      return 'a value that can be used'
  }
}

const kinds: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['number', 'a number'],
  ['int', 'a whole number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['tuple', 'a list'],
  ['object', 'a JSON object'],
  ['record', 'a JSON object'],
  ['null', 'null'],
  ['nonoptional', 'a value'],
])

const formats: ReadonlyMap<string, string> = new Map([
  ['datetime', 'a time such as 2026-01-31T12:00:00Z'],
  ['url', 'an address such as https://example.com'],
  ['base64', 'base64'],
  ['regex', 'text without other characters'],
])

const units: ReadonlyMap<string, readonly [kind: string, one: string, many: string]> = new Map([
  ['string', ['text of ', 'character', 'characters']],
  ['array', ['a list of ', 'item', 'items']],
])

const measured = (origin: string) => units.get(origin)?.[0] ?? ''

function counted(count: number | bigint, origin: string): string {
  const unit = units.get(origin)
  return unit === undefined ? String(count) : `${count} ${Number(count) === 1 ? unit[1] : unit[2]}`
}

const absent = Symbol('the input is not known')

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  if (input === undefined) return absent
  let value = input
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Object.getOwnPropertyDescriptor(value, step)?.value
  }
  return value
}

/** The kind of a value, in words; undefined where it is not known. */
function kindOf(value: unknown): string | undefined {
  if (value === absent) return undefined
  if (value === undefined) return 'missing'
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  switch (typeof value) {
    case 'string':
      return value === '' ? 'empty text' : 'other text'
    case 'number':
      return 'another number'
    case 'boolean':
      return 'true or false'
    default:
      return 'a JSON object'
  }
}

function unknownMembers(keys: readonly string[]): string {
  const names = [...new Set(keys.slice(0, maxChoices).map(stepOf))].join(', ')
  const more = keys.length > maxChoices ? ` and ${keys.length - maxChoices} more` : ''
  return `has unknown members: ${names}${more}`
}
