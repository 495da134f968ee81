import { expect, test } from 'vitest'
import { createJobs, type JobProgress } from './jobs.ts'

const finding = (id: number) => ({ id, key: '…0001', verdict: 'key-invalid' })

function open() {
  const failures: unknown[] = []
  let time = 1000
  const jobs = createJobs({
    now: () => (time += 1000),
    onError: (error) => void failures.push(error),
    scrub: (text) => text.replaceAll('canary', '…'),
  })
  return { jobs, failures }
}

const untilAborted = ({ signal }: JobProgress) =>
  new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })

test('a job reports its progress while it runs, and its end', async () => {
  const { jobs } = open()
  const published: unknown[] = []
  const end = jobs.subscribe(({ state, done }) => void published.push([state, done]))
  const started = jobs.start({
    kind: 'count',
    async run(progress) {
      progress.expect(3)
      progress.count('good', 2)
      progress.count('good')
      progress.step(3)
      progress.find(finding(7))
    },
  })
  expect(started).toMatchObject({ kind: 'count', state: 'running' })
  await expect.poll(() => jobs.list()[0]?.state).toBe('done')
  const found = jobs.get(started?.id ?? '')
  expect(found?.job).toMatchObject({ total: 3, done: 3, counts: { good: 3 } })
  expect(found?.findings).toEqual([finding(7)])
  expect(published.at(-1)).toEqual(['done', 3])
  end()
})

test('a failure is reported without secrets, and logged', async () => {
  const { jobs, failures } = open()
  jobs.start({ kind: 'fail', run: () => Promise.reject(new Error('no canary here')) })
  await expect.poll(() => jobs.list()[0]).toMatchObject({ state: 'failed', message: 'no … here' })
  expect(failures).toHaveLength(1)
})

test('a cancelled job ends as cancelled, however it ends, and does not change afterwards', async () => {
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

test('at most four jobs run at a time, and all end with the gateway', async () => {
  const { jobs } = open()
  const started = Array.from({ length: 6 }, () => jobs.start({ kind: 'wait', run: untilAborted }))
  expect(started.filter((job) => job !== undefined)).toHaveLength(4)
  await jobs.close()
  expect(jobs.list().map(({ state }) => state)).toEqual(Array(4).fill('cancelled'))
})

test('the last fifty jobs are kept, with a thousand findings each', async () => {
  const { jobs } = open()
  for (let count = 0; count < 60; count += 1) {
    const one = jobs.start({
      kind: `job ${count}`,
      async run(progress) {
        for (let id = 0; id < 1100; id += 1) progress.find(finding(id))
      },
    })
    await expect.poll(() => jobs.get(one?.id ?? '')?.job.state).toBe('done')
  }
  expect(jobs.list()).toHaveLength(50)
  expect(jobs.list()[0]?.kind).toBe('job 59')
  expect(jobs.get(jobs.list()[0]?.id ?? '')?.findings).toHaveLength(1000)
})
