import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { chance } from '../random.ts'
import { duration, grouped } from '../report.ts'
import { describeFleet, type CheckedFleet } from './check.ts'
import { drawFleet } from './draw.ts'

type Options = {
  readonly count: number
  readonly seed: number
  readonly print: (text: string) => void
}

const progressEveryMs = 10_000

/** The first fleet has the seed itself, so that any fleet is played again by its own seed. */
export function fleetSeed(seed: number, index: number): number {
  return index === 0 ? seed : 1 + Math.floor(chance(seed, index, 41) * 0xfffffffe)
}

/** Plays random fleets on all cores, and prints what failed with the command that plays it again. */
export async function playRandomFleets({ count, seed, print }: Options) {
  const startedAt = performance.now()
  const sums = { played: 0, failures: 0, requests: 0 }
  let printedAt = startedAt

  function note({ seed: own, requests, failure }: CheckedFleet): void {
    sums.played += 1
    sums.requests += requests
    if (failure !== undefined) {
      sums.failures += 1
      print(`Seed ${own} failed: ${failure}`)
      print(`  ${describeFleet(drawFleet(own))}`)
      print(`  again: npm run simulate -- --fleets 1 --seed ${own}`)
    }
    const now = performance.now()
    if (now - printedAt < progressEveryMs) return
    printedAt = now
    const leftMs = ((now - startedAt) / sums.played) * (count - sums.played)
    print(`${progress(sums)} of ${grouped(count)}, ${duration(leftMs)} left`)
  }

  let next = 0
  const seeds = () => (next < count ? fleetSeed(seed, next++) : undefined)
  const workers = Math.min(count, availableParallelism())
  await Promise.all(Array.from({ length: workers }, () => runWorker(seeds, note)))
  print(`${progress(sums)}, ${grouped(sums.requests)} requests`)
  print(`in ${duration(performance.now() - startedAt)} on ${workers} cores, seed ${seed}.`)
  return sums
}

function progress({ played, failures }: { played: number; failures: number }): string {
  return `${grouped(played)} fleets played, ${failures} failed`
}

/** Ends when no seed is left. */
function runWorker(
  seeds: () => number | undefined,
  note: (checked: CheckedFleet) => void,
): Promise<void> {
  const worker = new Worker(withTypeScript(new URL('./fleet-worker.ts', import.meta.url)))
  return new Promise((resolve, reject) => {
    const giveNext = () => {
      const seed = seeds()
      if (seed === undefined) return void worker.terminate().then(() => resolve(), reject)
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is of windows; this is a thread
      worker.postMessage(seed)
    }
    worker.on('error', reject)
    worker.on('message', (checked: CheckedFleet) => {
      note(checked)
      giveNext()
    })
    giveNext()
  })
}

/** A thread needs its own TypeScript loader. */
function withTypeScript(entry: URL): URL {
  const loader = import.meta.resolve('tsx/esm/api')
  const code = `import { register } from '${loader}'; register(); await import('${entry.href}')`
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`)
}
