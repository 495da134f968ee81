import { createClock } from './clock.ts'
import type { FakeClock } from './clock.ts'
import { createFiles } from './files/files.ts'
import type { Files } from './files/files.ts'
import { addForeignFiles } from './files/store/prefill.ts'
import type { CallCounter } from './misbehaviour/behaviour.ts'
import type { FakeOptions, FakeProject } from './options.ts'
import { createQuotaLedger } from './projects/quota-ledger.ts'
import type { QuotaLedger } from './projects/quota-ledger.ts'
import { createRegistry } from './projects/registry.ts'
import type { Registry } from './projects/registry.ts'
import { createRandom } from './random.ts'
import type { Random } from './random.ts'
import { createReceivedLog } from './received.ts'
import type { ReceivedLog } from './received.ts'
import { createScripts } from './scripts.ts'
import type { Scripts } from './scripts.ts'

/** The state of one server. */
export type ServerContext = {
  readonly options: Required<Pick<FakeOptions, 'strict' | 'latencyMs' | 'recording'>>
  readonly clock: FakeClock
  readonly random: Random
  readonly registry: Registry
  readonly ledger: QuotaLedger
  readonly received: ReceivedLog
  readonly scripts: Scripts
  readonly files: Files
  readonly countCall: CallCounter
  readonly openConnections: () => number
  /** Number of calls in progress. */
  active: number
  sequence: number
}

const maxCounters = 10_000

export function createServerContext(
  options: FakeOptions,
  openConnections: () => number,
): ServerContext {
  const clock = createClock()
  const registry = createRegistry(options.openKeys ?? false)
  const random = createRandom(options.seed ?? 1)
  const countCall = createCallCounter()
  const context: ServerContext = {
    options: {
      strict: options.strict ?? true,
      latencyMs: options.latencyMs ?? 0,
      recording: options.recording ?? 'bodies',
    },
    clock,
    random,
    registry,
    ledger: createQuotaLedger(clock),
    received: createReceivedLog(),
    scripts: createScripts(),
    files: createFiles({ clock, random, countCall }, options.files ?? {}),
    countCall,
    openConnections,
    active: 0,
    sequence: 0,
  }
  for (const project of options.projects ?? []) addProject(context, project)
  return context
}

/** Adds keys, and what the project has and does from the beginning. */
export function addProject({ registry, files }: ServerContext, project: FakeProject): void {
  const { foreign = 0, misbehaviours = [] } = project.files ?? {}
  files.behaviours.set({ project: project.id }, misbehaviours)
  registry.addProject(project)
  addForeignFiles(files.store, project.id, foreign)
}

function createCallCounter(): CallCounter {
  const counts = new Map<string, number>()
  return (id) => {
    const count = (counts.get(id) ?? 0) + 1
    counts.set(id, count)
    if (counts.size > maxCounters) {
      const [oldest] = counts.keys()
      if (oldest !== undefined) counts.delete(oldest)
    }
    return count
  }
}
