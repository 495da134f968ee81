/** A parser with the work for an input of a given size. Preparing the input is not measured. */
export type Work = (size: number) => () => unknown

const smallest = 1 << 10
const largest = 1 << 17
const measurableMs = 4
const factor = 8
const runs = 3
const attempts = 4

/**
 * How many times longer the work takes for eight times the input: about 8 when it is linear, 64 when it is quadratic. It starts with the
 * smallest input whose time can be measured, so that a quadratic parser is found before it takes minutes. The largest input is 1 MB. The
 * lowest of several results counts, since compilation, garbage collection and other programs only add time.
 */
export async function growthOf(work: Work, enough: number): Promise<number> {
  let lowest = Infinity
  for (let attempt = 0; attempt < attempts && lowest >= enough; attempt += 1) {
    lowest = Math.min(lowest, await growthOnce(work))
  }
  return lowest
}

async function growthOnce(work: Work): Promise<number> {
  let size = smallest
  let before = await bestTime(work(size))
  while (before < measurableMs && size < largest) {
    size *= 2
    before = await bestTime(work(size))
  }
  const after = await bestTime(work(size * factor))
  // Less than this is noise.
  return after / Math.max(before, measurableMs / factor)
}

async function bestTime(run: () => unknown): Promise<number> {
  let best = Infinity
  for (let count = 0; count < runs; count += 1) {
    const start = performance.now()
    await run()
    best = Math.min(best, performance.now() - start)
  }
  return best
}
