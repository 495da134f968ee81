import { describe, expect, test } from 'vitest'
import type { FakeKeyState, FakeProject, ReceivedCall } from '@gemini-balance/fake-gemini'
import {
  generate,
  healthyProjects,
  keyNumber,
  startGateway,
  type TestGateway,
} from './support/gateway.ts'

async function withBench<T>(
  projects: readonly FakeProject[],
  run: (gateway: TestGateway) => Promise<T>,
): Promise<T> {
  const gateway = await startGateway({ fake: { projects } })
  try {
    return await run(gateway)
  } finally {
    await gateway.close()
  }
}

const deadStates: FakeKeyState[] = [
  'invalid',
  'expired',
  'deleted',
  'leaked',
  'suspended',
  'service-disabled',
  'blocked',
  'legacy-rejected',
  'unauthenticated',
  'prepay-depleted',
  'spending-cap',
  'project-denied',
  'bare-429',
  'free-tier-country',
  'invalid',
]

test('of 20 keys 15 are dead in different ways: 500 requests, 500 successes, no dead key tried more than twice', async () => {
  const projects = healthyProjects(20).map((project, index) => {
    const state = deadStates[index]
    return state === undefined
      ? project
      : { ...project, keys: [{ value: keyNumber(index), state }] }
  })
  await withBench(projects, async (gateway) => {
    const statuses = new Map<number, number>()
    let sent = 0
    const client = async () => {
      while (sent < 500) {
        sent += 1
        const { status } = await generate(gateway, `request ${sent}`)
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
      }
    }
    await Promise.all(Array.from({ length: 10 }, client))
    expect(Object.fromEntries(statuses)).toEqual({ 200: 500 })
    // Probes confirm what clients' calls are refused for; they cost no client anything.
    const isProbe = ({ path, bodyText }: ReceivedCall) =>
      path.includes(':countTokens') || bodyText.includes('"maxOutputTokens":1}')
    const refused = gateway.fake.received().filter((one) => one.status !== 200 && !isProbe(one))
    const perKey = new Map<string | undefined, number>()
    for (const { key } of refused) perKey.set(key, (perKey.get(key) ?? 0) + 1)
    for (const calls of perKey.values()) expect(calls).toBeLessThanOrEqual(2)
    const once = ['leaked', 'suspended']
    for (const [index, state] of deadStates.entries()) {
      if (once.includes(state)) expect(perKey.get(keyNumber(index)) ?? 0).toBeLessThanOrEqual(1)
    }
  })
})

test('1 000 malformed requests leave every key as it was and cost at most one call each', async () => {
  await withBench(healthyProjects(5), async (gateway) => {
    const keysNow = () =>
      gateway.program.engine.views
        .keys()
        .rows.map(({ id, state, because, streak, project, paid }) => {
          return { id, state, because, streak, project, paid }
        })
    const before = keysNow()
    const bad = [
      '{"contents":[{"role":"user","parts":[{"text":"a"}]}],"nonsense":1}',
      '{"contents":[]}',
      '{"contents":[{"role":"nobody","parts":[{"text":"a"}]}]}',
      '{"contents":[{"role":"user","parts":[{"text":1}]}]}',
      '{"contents":[{"role":"user","parts":[{"text":"a"}]}],"generationConfig":{"thinkingConfig":{"thinkingBudget":1,"thinkingLevel":"LOW"}}}',
      '{"contents": not json',
      '{"contents":[{"role":"user","parts":[{"inlineData":{"mimeType":"image/png","data":"%%%"}}]}]}',
      '{"contents":[{"role":"user","parts":[{"text":"a"}]}],"tools":[{"functionDeclarations":[{"name":"1 bad"}]}]}',
    ]
    const statuses = new Set<number>()
    for (let round = 0; round < 125; round += 1) {
      const answers = await Promise.all(
        bad.map((body) =>
          fetch(`${gateway.url}/v1beta/models/gemini-3.8-flash:generateContent`, {
            method: 'POST',
            headers: { 'x-goog-api-key': 'client-token-for-tests' },
            body,
          }),
        ),
      )
      for (const answer of answers) {
        statuses.add(answer.status)
        await answer.arrayBuffer()
      }
    }
    expect([...statuses]).toEqual([400])
    expect(gateway.fake.received().length).toBeLessThanOrEqual(1000)
    expect(keysNow()).toEqual(before)
    expect((await generate(gateway, 'still fine')).status).toBe(200)
  })
})

describe('quotas', () => {
  const spent = (rpd: number) => ({ '*': { rpd } })

  test('a spent lane is stepped over and never asked again that day', async () => {
    const projects = healthyProjects(2).map((project, index) => ({
      ...project,
      quotas: spent(index === 0 ? 2 : 100),
    }))
    await withBench(projects, async (gateway) => {
      for (let index = 0; index < 20; index += 1)
        expect((await generate(gateway, 'x')).status).toBe(200)
      const refused = gateway.fake.received().filter(({ status }) => status === 429)
      expect(refused).toHaveLength(1)
    })
  })

  test('keys of one project are not rotated through a spent quota', async () => {
    const project = {
      id: 'shared',
      tier: 'paid1' as const,
      keys: [0, 1, 2, 3].map(keyNumber),
      quotas: spent(1),
    }
    await withBench([project], async (gateway) => {
      expect((await generate(gateway, 'x')).status).toBe(200)
      expect((await generate(gateway, 'x')).status).toBe(429)
    })
  })

  test('when all is spent the answer names the model and the recovery at midnight in Los Angeles', async () => {
    await withBench(
      [{ ...healthyProjects(1)[0], id: 'p', keys: [keyNumber(0)], quotas: spent(1) }],
      async (gateway) => {
        await generate(gateway, 'x')
        await generate(gateway, 'x')
        const { status, headers, text } = await generate(gateway, 'x')
        expect(status).toBe(429)
        const { error } = JSON.parse(text)
        expect(error.message).toContain('models/gemini-3.8-flash')
        expect(error.message).toContain('PerDay')
        const retryAfter = Number(headers.get('retry-after'))
        expect(retryAfter).toBeGreaterThan(0)
        expect(retryAfter).toBeLessThanOrEqual(25 * 3600)
        expect(error.details.at(-1).retryDelay).toBe(`${retryAfter}s`)
        const until = new Date(Date.now() + retryAfter * 1000)
        const hour = new Intl.DateTimeFormat('en-US', {
          timeZone: 'America/Los_Angeles',
          hour: 'numeric',
          hourCycle: 'h23',
        })
        expect(['0', '00', '23']).toContain(hour.format(until))
        expect(gateway.fake.received()).toHaveLength(2)
      },
    )
  })

  test('a model without quota in one project is asked for in another, and not there again', async () => {
    const [first, second] = healthyProjects(2)
    const projects = [
      { ...first, id: 'a', keys: [keyNumber(0)], quotas: { '*': { rpm: 0 } } },
      { ...second, id: 'b', keys: [keyNumber(1)] },
    ]
    await withBench(projects, async (gateway) => {
      for (let index = 0; index < 6; index += 1)
        expect((await generate(gateway, 'x')).status).toBe(200)
      expect(
        gateway.fake.received().filter(({ project }) => project === 'a').length,
      ).toBeLessThanOrEqual(1)
    })
  })
})

describe('when no key is left', () => {
  test('503, when none is alive', async () => {
    const projects = [{ id: 'p', keys: [{ value: keyNumber(0), state: 'invalid' as const }] }]
    await withBench(projects, async (gateway) => {
      await generate(gateway, 'x')
      const { status, text } = await generate(gateway, 'x')
      expect(status).toBe(503)
      expect(JSON.parse(text).error.message).toMatch(/No key of this gateway is alive/)
      const ready = await fetch(`${gateway.url}/ready`)
      expect(ready.status).toBe(503)
    })
  })

  test('503, when there are none', async () => {
    await withBench([], async (gateway) => {
      expect((await generate(gateway, 'x')).status).toBe(503)
    })
  })
})

test('no key, whole, is in an error, in the log or in an answer, even when Google repeats it', async () => {
  const canary = 'AIzaSyCanary00000000000000000000000000000'
  const projects = [{ id: 'p', keys: [{ value: canary, state: 'suspended' as const }] }]
  await withBench(projects, async (gateway) => {
    const answers = [await generate(gateway, 'x'), await generate(gateway, 'x')]
    const seen = [...answers.map(({ text }) => text), ...gateway.logged].join('\n')
    expect(seen).not.toContain(canary)
    expect(seen).not.toContain('client-token-for-tests')
    expect(gateway.logged.join('\n')).toContain('project-suspended')
  })
})
