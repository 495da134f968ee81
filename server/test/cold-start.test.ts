import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { generate, keyNumber, startGateway } from './support/gateway.ts'

const minuteMs = 60_000
const projectCount = 20
const perMinute = 10

/** 40 keys of 20 projects in a random order, two keys each; nobody says which belong together. */
function fleet(seed: number, misbehaviours: readonly string[]) {
  const order = Array.from({ length: 2 * projectCount }, (_, index) => index)
  let state = seed
  for (let last = order.length - 1; last > 0; last -= 1) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    const other = state % (last + 1)
    const [a = 0, b = 0] = [order[last], order[other]]
    order[last] = b
    order[other] = a
  }
  return Array.from({ length: projectCount }, (_, index) => ({
    id: `project-${index}`,
    tier: 'free' as const,
    keys: order.slice(2 * index, 2 * index + 2).map(keyNumber),
    quotas: { '*': { rpm: perMinute } },
    files: { misbehaviours },
  }))
}

type Minute = { served: number; refused: number }

type World = { readonly minutes: number; readonly misbehaviours: readonly string[] }

/** Asks for a fifth more than the quotas allow, evenly, for some minutes. What each minute brought. */
async function harvest(seed: number, { minutes, misbehaviours }: World): Promise<Minute[]> {
  const gateway = await startGateway({
    fake: { projects: fleet(seed, misbehaviours), latencyMs: 100, seed },
    settings: { PROJECT_SURVEY_ENABLED: 'true', QUEUE_MAX_WAIT_MS: '0' },
  })
  const started = Date.now()
  const asked: Promise<unknown>[] = []
  const everyMs = minuteMs / (1.2 * projectCount * perMinute)
  while (Date.now() - started < minutes * minuteMs) {
    asked.push(generate(gateway, `request ${asked.length}`))
    await setTimeout(Math.max(0, started + asked.length * everyMs - Date.now()))
  }
  await Promise.all(asked)
  const byMinute = Array.from({ length: minutes }, (): Minute => ({ served: 0, refused: 0 }))
  for (const { action, at, status } of gateway.fake.received()) {
    const minute = byMinute[Math.floor((at - started) / minuteMs)]
    if (action !== 'generateContent' || minute === undefined) continue
    if (status === 200) minute.served += 1
    if (status === 429) minute.refused += 1
  }
  await gateway.close()
  return byMinute
}

const refusedShare = (minutes: readonly Minute[]) => {
  const refused = minutes.reduce((sum, one) => sum + one.refused, 0)
  const served = minutes.reduce((sum, one) => sum + one.served, 0)
  return refused / (refused + served)
}

/** What a quiet machine does, with room for a busy one: with files 5 % and 1 %, without 10 % and 2 %. */
const limits = [
  ['with files', [], { atFirst: 0.08, later: 0.02 }],
  ['without permission to use files', ['refused'], { atFirst: 0.16, later: 0.05 }],
] as const

describe.concurrent('a fleet of which nothing is known yields what its quotas allow, with few refusals', () => {
  test.each(limits)(
    '%s',
    async (_name, misbehaviours, { atFirst, later }) => {
      const minutes = await harvest(1, { minutes: 3, misbehaviours })
      const served = minutes.reduce((sum, one) => sum + one.served, 0)
      expect(served).toBeGreaterThanOrEqual(0.99 * projectCount * perMinute * minutes.length)
      expect(refusedShare(minutes.slice(0, 2))).toBeLessThanOrEqual(atFirst)
      expect(refusedShare(minutes.slice(2))).toBeLessThanOrEqual(later)
    },
    400_000,
  )
})
