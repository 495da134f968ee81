import { expect, test } from 'vitest'
import { useTemporaryFolder } from '../src/runtime/testing/temporary-folder.ts'
import {
  adminToken,
  clientToken,
  generate,
  healthyProjects,
  keyNumber,
  startGateway,
  type TestGateway,
} from './support/gateway.ts'

const dataDir = useTemporaryFolder()

const open = (...numbers: number[]) =>
  startGateway({
    fake: { projects: healthyProjects(5) },
    dataDir: dataDir(),
    settings: { API_KEYS: numbers.map(keyNumber).join(',') },
  })

const valuesIn = async ({ program }: TestGateway) =>
  (await program.storage.keys.all()).map(({ secret }) => secret.reveal())

async function admin(gateway: TestGateway, method: string, path: string, body?: unknown) {
  const response = await fetch(gateway.url + path, {
    method,
    headers: { authorization: `Bearer ${adminToken}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  expect(response.status).toBe(200)
  return JSON.parse(await response.text())
}

test('a key of the environment that was deleted does not come back at a restart; a new one is added', async () => {
  const first = await open(0, 1, 2)
  await admin(first, 'DELETE', `/api/config/keys/${keyNumber(1)}`)
  expect(await valuesIn(first)).toEqual([keyNumber(0), keyNumber(2)])
  await first.close()

  const second = await open(0, 1, 2, 3)
  expect(await valuesIn(second)).toEqual([0, 2, 3].map(keyNumber))
  await second.close()
})

test('a key that was added while running is still there after a restart', async () => {
  const first = await open(0)
  await admin(first, 'PUT', '/api/config', { API_KEYS: [keyNumber(0), keyNumber(4)] })
  await first.close()
  const second = await open(0)
  expect(await valuesIn(second)).toEqual([0, 4].map(keyNumber))
  expect(JSON.stringify(await second.program.storage.settings.all())).not.toContain('API_KEYS')
  await second.close()
})

test('the list of keys has the last four characters of each, and sent back keeps those keys', async () => {
  const gateway = await open(0, 1, 2)
  const shown = async () => {
    const { settings } = await admin(gateway, 'GET', '/api/config')
    return settings.find(({ name }: { name: string }) => name === 'API_KEYS').value
  }
  expect(await shown()).toEqual(['…0000', '…0001', '…0002'])
  await admin(gateway, 'PUT', '/api/config', { API_KEYS: ['…0002', keyNumber(3)] })
  expect(await shown()).toEqual(['…0002', '…0003'])
  expect((await gateway.program.engine.views.counts()).keys.active).toBe(2)
  for (let index = 0; index < 4; index += 1) await generate(gateway, `x ${index}`)
  const used = new Set(gateway.fake.received().map(({ project }) => project))
  expect(used).toEqual(new Set(['project-2', 'project-3']))
  await gateway.close()
})

test('a key remembers its first and its last use over a restart', async () => {
  const first = await open(0)
  const before = Date.now()
  await generate(first, 'x')
  const { rows } = await admin(first, 'GET', '/api/keys')
  expect(Date.parse(rows[0].firstUsedAt)).toBeGreaterThanOrEqual(before)
  await first.close()
  const second = await open(0)
  expect((await admin(second, 'GET', '/api/keys')).rows[0]).toMatchObject({
    firstUsedAt: rows[0].firstUsedAt,
    lastUsedAt: rows[0].lastUsedAt,
  })
  await second.close()
})

test('a whole reset keeps the admin token, the keys and the clients of the environment', async () => {
  const gateway = await open(0)
  await admin(gateway, 'PUT', '/api/config', { MAX_RETRIES: 9, ALLOWED_TOKENS: ['another'] })
  await admin(gateway, 'POST', '/api/config/reset', {})
  expect(gateway.program.settings.current()).toMatchObject({
    maxRetries: 3,
    allowedTokens: [clientToken],
    authToken: adminToken,
  })
  expect((await generate(gateway, 'x')).status).toBe(200)
  const { rows } = await admin(gateway, 'GET', '/api/audit?action=setting-reset')
  expect(rows.map(({ subject, detail }: Record<string, unknown>) => [subject, detail])).toEqual([
    ['MAX_RETRIES', { from: 9, to: 3, requestId: expect.any(String) }],
    ['ALLOWED_TOKENS', { requestId: expect.any(String) }],
  ])
  await gateway.close()
})
