import { describe, expect, test } from 'vitest'
import { generate, keyNumber, startGateway } from './support/gateway.ts'

/**
 * 40 keys in 20 projects, closed-loop clients, until nothing is left of the day. The fake's own books say what could have been served;
 * keys of one project share its quota, which nobody told the gateway: it learns it from refusals alone.
 */
describe('over HTTP', () => {
  test('a fleet yields at least 97 % of what its quotas allow, with at most 3 % of calls refused, learning apart', async () => {
    const perDay = 60
    const projects = Array.from({ length: 20 }, (_, index) => ({
      id: `project-${index}`,
      tier: 'paid1' as const,
      keys: [keyNumber(2 * index), keyNumber(2 * index + 1)],
      quotas: { '*': { rpd: perDay } },
    }))
    const gateway = await startGateway({
      fake: { projects },
      settings: { VALID_KEY_POOL_ENABLED: 'true', QUEUE_MAX_WAIT_MS: '0' },
    })
    for (const [index, { id, keys }] of projects.entries()) {
      for (const offset of keys.keys())
        gateway.program.engine.control.assignProject(2 * index + offset + 1, id)
    }
    let served = 0
    const client = async (number: number) => {
      for (let turn = 0; ; turn += 1) {
        const { status } = await generate(gateway, `client ${number} turn ${turn}`)
        if (status !== 200) return
        served += 1
      }
    }
    await Promise.all(Array.from({ length: 16 }, (_, index) => client(index)))
    const capacity = 20 * perDay
    const calls = gateway.fake.received().filter(({ action }) => action === 'generateContent')
    const refused = calls.filter(({ status }) => status === 429)
    const learning = new Set(refused.map(({ project }) => project)).size
    await gateway.close()
    expect(served / capacity).toBeGreaterThanOrEqual(0.97)
    expect((refused.length - learning) / calls.length).toBeLessThanOrEqual(0.03)
  })
})
