import type { FileOperation } from '../files/operations.ts'
import type { CallCounter } from './behaviour.ts'
import { toDirective } from './directive.ts'
import { fileMisbehaviours } from './file-misbehaviours.ts'
import type { FileMisbehaviour } from './file-misbehaviours.ts'
import { usualTraits } from './file-traits.ts'
import type { FileTraits } from './file-traits.ts'

/** Whose calls misbehave. */
export type FileScope = { key: string } | { project: string }

export type FileBehaviour = {
  refusal: { name: string; refuse: NonNullable<FileMisbehaviour['refuse']> } | undefined
  traits: FileTraits
}

/** The misbehaviours that were requested for keys and projects. */
export type FileBehaviours = {
  /** Replaces the earlier ones of this scope. Throws if a name is unknown. */
  set(scope: FileScope, names: readonly string[]): void
  behaviourFor(call: {
    operation: FileOperation
    key: string | undefined
    project: string
  }): FileBehaviour
}

type Requested = { row: FileMisbehaviour; count: number; id: string }

const byName = new Map(fileMisbehaviours.map((row) => [row.name, row]))
const known: ReadonlySet<string> = new Set(byName.keys())
const usual: FileBehaviour = { refusal: undefined, traits: usualTraits }

const scopeId = (scope: FileScope): string =>
  'key' in scope ? `key ${scope.key}` : `project ${scope.project}`

function requested(name: string, id: string): Requested {
  const directive = toDirective(name, known)
  const row = directive && byName.get(directive.name)
  if (!row) {
    throw new Error(
      `"${name}" is not a misbehaviour of files. Use some of: ${[...known].join(', ')}.`,
    )
  }
  return { row, count: directive.count ?? row.count?.default ?? 0, id }
}

export function createFileBehaviours(countCall: CallCounter): FileBehaviours {
  const byScope = new Map<string, readonly Requested[]>()
  let changes = 0

  /** Counts the call for misbehaviours that end after some calls. */
  function isDue({ row, count, id }: Requested, operation: FileOperation): boolean {
    if (row.operations && !row.operations.includes(operation)) return false
    return row.firstCallsOnly !== true || countCall(`files ${id} ${row.name}`) <= count
  }

  return {
    set: (scope, names) => {
      const id = scopeId(scope)
      // A new request counts its calls from the beginning.
      changes += 1
      const all = names.map((name) => requested(name, `${changes} ${id}`))
      if (all.length === 0) byScope.delete(id)
      else byScope.set(id, all)
    },
    behaviourFor: ({ operation, key, project }) => {
      if (byScope.size === 0) return usual
      const ofKey = (key !== undefined && byScope.get(scopeId({ key }))) || []
      const all = [...ofKey, ...(byScope.get(scopeId({ project })) ?? [])]
      if (all.length === 0) return usual
      const due = all.filter((one) => isDue(one, operation))
      const traits = { ...usualTraits }
      for (const { row, count } of due) Object.assign(traits, row.traits?.(count))
      const refusing = due.find(({ row }) => row.refuse)?.row
      const refusal = refusing?.refuse && { name: refusing.name, refuse: refusing.refuse }
      return { refusal, traits }
    },
  }
}
