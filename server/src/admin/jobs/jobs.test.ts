import { expect, test } from 'vitest'
import { createJobs, type JobProgress } from './jobs.ts'

function open() {
  const complaints: unknown[] = []
  let time = 1000
  const jobs = createJobs({
    now: () => (time += 1000),
    onError: (error) => void complaints.push(error),
    scrub: (text) => text.replaceAll('canary', '…'),
  })
  return { jobs, complaints }
}

const untilAborted = ({ signal }: JobProgress) =>
  new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })

test('a job tells what it did while it does it, and when it has ended', async () => {
  const { jobs } = open()
  const told: unknown[] = []
  const end = jobs.subscribe(({ state, done }) => void told.push([state, done]))
  const begun = jobs.start({
    kind: 'count',
    async run(progress) {
      progress.expect(3)
      progress.count('good', 2)
      progress.count('good')
      progress.step(3)
      progress.find({ id: 7 })
    },
  })
  expect(begun).toMatchObject({ kind: 'count', state: 'running' })
  await expect.poll(() => jobs.list()[0]?.state).toBe('done')
  const found = jobs.get(begun?.id ?? '')
  expect(found?.job).toMatchObject({ total: 3, done: 3, counts: { good: 3 } })
  expect(found?.findings).toEqual([{ id: 7 }])
  expect(told.at(-1)).toEqual(['done', 3])
  end()
})

test('a failure is told without secrets, and complained of', async () => {
  const { jobs, complaints } = open()
  jobs.start({ kind: 'fail', run: () => Promise.reject(new Error('no canary here')) })
  await expect.poll(() => jobs.list()[0]).toMatchObject({ state: 'failed', message: 'no … here' })
  expect(complaints).toHaveLength(1)
})

test('a cancelled job ends as cancelled, however it ends, and hears nothing after', async () => {
  const { jobs } = open()
  const late: (() => void)[] = []
  const one = jobs.start({
    kind: 'wait',
    async run(progress) {
      late.push(() => progress.step(5))
      await untilAborted(progress)
      throw new Error('torn off')
    },
  })
  expect(jobs.cancel(one?.id ?? '')).toBe(true)
  await expect.poll(() => jobs.list()[0]?.state).toBe('cancelled')
  expect(jobs.cancel(one?.id ?? '')).toBe(false)
  for (const speak of late) speak()
  expect(jobs.list()[0]).toMatchObject({ state: 'cancelled', done: 0 })
})

test('so many run at a time and no more, and all end with the gateway', async () => {
  const { jobs } = open()
  const begun = Array.from({ length: 6 }, () => jobs.start({ kind: 'wait', run: untilAborted }))
  expect(begun.filter((job) => job !== undefined)).toHaveLength(4)
  await jobs.close()
  expect(jobs.list().map(({ state }) => state)).toEqual(Array(4).fill('cancelled'))
})

test('only the latest fifty are remembered, and of each a thousand findings', async () => {
  const { jobs } = open()
  for (let count = 0; count < 60; count += 1) {
    const one = jobs.start({
      kind: `job ${count}`,
      async run(progress) {
        for (let id = 0; id < 1100; id += 1) progress.find({ id })
      },
    })
    await expect.poll(() => jobs.get(one?.id ?? '')?.job.state).toBe('done')
  }
  expect(jobs.list()).toHaveLength(50)
  expect(jobs.list()[0]?.kind).toBe('job 59')
  expect(jobs.get(jobs.list()[0]?.id ?? '')?.findings).toHaveLength(1000)
})
