import { expect, test } from 'vitest'
import { generate, healthyProjects, startGateway } from './support/gateway.ts'

const hostilePath = '^/v1beta/models/hostile:generateContent'

type Answered = { readonly status: number; readonly message: string; readonly reason?: string }

const refusals: readonly Answered[] = [
  { status: 400, message: 'API key not valid.', reason: 'API_KEY_INVALID' },
  { status: 403, message: 'Your API key was reported as leaked. Please use another API key.' },
  { status: 403, message: 'Project is suspended.', reason: 'CONSUMER_SUSPENDED' },
  { status: 403, message: 'The API is disabled.', reason: 'SERVICE_DISABLED' },
  { status: 403, message: 'The service is blocked.', reason: 'API_KEY_SERVICE_BLOCKED' },
  { status: 401, message: 'Expected OAuth 2 access token.' },
  { status: 402, message: 'Billing is disabled.' },
  { status: 403, message: 'Forbidden for an unknown reason.' },
]

function errorBody({ status, message, reason }: Answered): string {
  const info = {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason,
    domain: 'googleapis.com',
    metadata: { consumer: 'projects/of-the-attacker' },
  }
  return JSON.stringify({ error: { code: status, message, details: reason ? [info] : [] } })
}

test.each(refusals)(
  'a request that Google refuses with "$message", sent 50 times by one client, leaves all keys in service',
  async (refusal) => {
    const gateway = await startGateway({ fake: { projects: healthyProjects(6) } })
    try {
      gateway.fake.script({
        path: hostilePath,
        status: refusal.status,
        headers: { 'content-type': 'application/json' },
        body: errorBody(refusal),
      })
      const { keys } = gateway.program.engine.views
      const projects = keys().rows.map(({ project }) => project)
      for (let sent = 0; sent < 50; sent += 1) {
        await generate(gateway, 'hostile', { model: 'hostile' })
        expect((await generate(gateway, 'honest')).status).toBe(200)
      }
      await expect
        .poll(() => keys().rows.map(({ state }) => state))
        .toEqual(projects.map(() => 'active'))
      expect(keys().rows.map(({ project }) => project)).toEqual(projects)
      const hostile = gateway.fake.received().filter(({ path }) => path.includes('/hostile:'))
      expect(hostile.length).toBeLessThanOrEqual(5 * 50)
    } finally {
      await gateway.close()
    }
  },
)
