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

describe('a fleet of which nothing is known', () => {
  test.each([
    ['with files', [], 0.05, 0.01],
    ['without permission to use files', ['refused'], 0.1, 0.02],
  ] as const)(
    '%s yields what its quotas allow, with few refusals',
    async (_name, misbehaviours, atFirst, later) => {
      const minutes = await harvest(1, { minutes: 4, misbehaviours })
      console.log(
        JSON.stringify(minutes),
        refusedShare(minutes.slice(0, 2)),
        refusedShare(minutes.slice(2)),
      )
      const served = minutes.reduce((sum, one) => sum + one.served, 0)
      expect(served).toBeGreaterThanOrEqual(0.99 * projectCount * perMinute * minutes.length)
      expect(refusedShare(minutes.slice(0, 2))).toBeLessThanOrEqual(atFirst)
      expect(refusedShare(minutes.slice(2))).toBeLessThanOrEqual(later)
    },
    400_000,
  )
})
