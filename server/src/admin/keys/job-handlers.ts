import type { EndpointInput, RejectedKey } from '@gemini-balance/contract'
import type { KeyId } from '../../keys/types.ts'
import type { Outcome } from '../../google/outcome.ts'
import type { Jobs, JobProgress } from '../jobs/jobs.ts'
import { forEachInSlices } from '../../runtime/slices/for-each-in-slices.ts'
import { chunks } from '../../runtime/chunks.ts'
import type { KeyPatch, KeyRow } from '../../keys/stores.ts'
import { mask } from '../../log/scrub.ts'
import { AdminError } from '../http/admin-error.ts'
import type { AuditAction } from '../audit/auditor.ts'
import type { AdminCaller, Handlers } from '../handlers.ts'
import { startJob } from '../jobs/handlers.ts'
import { selectKeys } from './find-keys.ts'
import type { KeyHandlerDeps } from './handlers.ts'
import { readPastedKeys } from './pasted-keys.ts'
import { verifyAll } from './verify-keys.ts'

export type KeyJobDeps = KeyHandlerDeps & {
  readonly jobs: Jobs
  /** Tries a key at Google, and the verdict counts. The default model is a setting. */
  readonly verify: (id: KeyId, model: string | undefined) => Promise<Outcome | undefined>
  /** The default number of keys that are verified at a time. */
  readonly verifyAtOnce: () => number
}

const mostKeys = 50_000
const atOnce = 500

type KeyJobs = 'importKeys' | 'verifyKeys' | 'changeKeys'

/** Jobs on many keys. */
export function keyJobHandlers(deps: KeyJobDeps): Pick<Handlers, KeyJobs> {
  const { jobs, audit } = deps
  return {
    async importKeys({ text, ...terms }, by) {
      const { values, doubles, invalid, rejected } = await readPastedKeys(text)
      if (values.size > mostKeys) {
        const message = 'The text has more than 50 000 keys. Send them in parts.'
        throw new AdminError('invalid_input', message)
      }
      return startJob(jobs, {
        kind: 'import-keys',
        async run(progress) {
          progress.count('double', doubles)
          progress.count('invalid', invalid)
          progress.reject(rejected, doubles + invalid)
          const added = await addAll(deps, { values, terms, progress })
          await audit(by, { action: 'keys-added', subject: `${added} keys` })
        },
      })
    },
    async verifyKeys({ which, model, concurrency = deps.verifyAtOnce() }, by) {
      const ids = await selectKeys(deps, which)
      await audit(by, { action: 'keys-verified', subject: `${ids.length} keys` })
      return startJob(jobs, {
        kind: 'verify-keys',
        run: (progress) => verifyAll(deps, ids, { model, concurrency, progress }),
      })
    },
    async changeKeys({ which, action, tags = [] }, by) {
      const isTagging = action === 'tag' || action === 'untag'
      if (isTagging && tags.length === 0) {
        throw new AdminError('invalid_input', 'The action needs tags. Send tags.')
      }
      const ids = await selectKeys(deps, which)
      return startJob(jobs, {
        kind: `${action}-keys`,
        run: (progress) => changeAll(deps, { ids, action, tags, progress, by }),
      })
    },
  }
}

type Import = {
  /** With their lines in the text. */
  readonly values: ReadonlyMap<string, number>
  readonly terms: Omit<EndpointInput<'importKeys'>, 'text'>
  readonly progress: JobProgress
}

/** Returns how many are new. */
async function addAll(
  { keyRegistry }: KeyJobDeps,
  { values, terms, progress }: Import,
): Promise<number> {
  const patch: KeyPatch = {
    ...(terms.tags === undefined ? {} : { tags: terms.tags }),
    ...(terms.label === undefined ? {} : { label: terms.label }),
    ...(terms.project === undefined ? {} : { project: terms.project, projectSource: 'imported' }),
  }
  let total = 0
  progress.expect(values.size)
  for (const some of chunks([...values.keys()], atOnce)) {
    if (progress.signal.aborted) break
    const added = await keyRegistry.add(some)
    if (Object.keys(patch).length > 0) {
      await keyRegistry.change(new Map(added.map(({ id }) => [id, patch])))
    }
    total += added.length
    progress.reject(knownOf(values, some, added))
    progress.count('added', added.length)
    progress.count('known', some.length - added.length)
    progress.step(some.length)
  }
  return total
}

/** Those of the values that were known already. */
function knownOf(
  lines: ReadonlyMap<string, number>,
  values: readonly string[],
  added: readonly KeyRow[],
): RejectedKey[] {
  const fresh = new Set(added.map(({ secret }) => secret.reveal()))
  return values
    .filter((value) => !fresh.has(value))
    .map((value) => ({ line: lines.get(value) ?? 0, key: mask(value), why: 'known' }))
}

type Action = EndpointInput<'changeKeys'>['action']
type Change = {
  readonly ids: readonly KeyId[]
  readonly action: Action
  readonly tags: readonly string[]
  readonly progress: JobProgress
  readonly by: AdminCaller
}

const auditActions: Readonly<Record<Action, AuditAction>> = {
  enable: 'keys-changed',
  disable: 'keys-changed',
  tag: 'keys-changed',
  untag: 'keys-changed',
  reset: 'keys-reset',
  delete: 'keys-deleted',
}

async function changeAll(deps: KeyJobDeps, change: Change): Promise<void> {
  const { ids, action, tags, progress, by } = change
  progress.expect(ids.length)
  let total = 0
  for (const some of chunks(ids, atOnce)) {
    if (progress.signal.aborted) break
    const count = await changeSome(deps, some, change)
    total += count
    progress.count('done', count)
    progress.count('gone', some.length - count)
    progress.step(some.length)
  }
  const detail = { what: action, ...(tags.length === 0 ? {} : { tags }) }
  await deps.audit(by, { action: auditActions[action], subject: `${total} keys`, detail })
}

/** Returns how many of the keys still exist. */
async function changeSome(
  { keyRegistry, engine }: KeyJobDeps,
  ids: readonly KeyId[],
  { action, tags }: Change,
): Promise<number> {
  switch (action) {
    case 'delete':
      return (await keyRegistry.remove(ids)).length
    case 'reset': {
      let count = 0
      await forEachInSlices(ids, (some) => {
        for (const id of some) if (engine.control.reset(id)) count += 1
      })
      return count
    }
    case 'enable':
    case 'disable': {
      const patch = { disabled: action === 'disable' }
      return (await keyRegistry.change(new Map(ids.map((id) => [id, patch])))).length
    }
    case 'tag':
    case 'untag': {
      const patches = ids.flatMap((id): [KeyId, KeyPatch][] => {
        const known = keyRegistry.get(id)?.tags
        if (known === undefined) return []
        const rest = known.filter((tag) => !tags.includes(tag))
        return [[id, { tags: action === 'tag' ? [...rest, ...tags] : rest }]]
      })
      return (await keyRegistry.change(new Map(patches))).length
    }
  }
}
