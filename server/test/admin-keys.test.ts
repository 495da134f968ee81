import { describe, expect, test } from 'vitest'
import { callAdmin, type AdminCall } from './support/admin.ts'
import {
  adminToken,
  clientToken,
  generate,
  healthyProjects,
  keyNumber,
  useGateway,
} from './support/gateway.ts'

const oldKey = (n: number) => `AIza${String(n).padStart(35, 'SyCanary')}`

const gateway = useGateway({
  fake: {
    projects: [
      ...healthyProjects(5),
      { id: 'gone', tier: 'paid1', keys: [{ value: keyNumber(5), state: 'deleted' }] },
    ],
  },
})

const admin = (path: string, call: AdminCall = {}) => callAdmin(gateway, path, call)

const post = (path: string, body: unknown = {}) => admin(path, { method: 'POST', body })

/** The job when it has ended. */
async function ended({ answer }: { answer: { job: { id: string } } }) {
  const look = async () => (await admin(`/api/jobs/${answer.job.id}`)).answer
  await expect.poll(async () => (await look()).job.state).not.toBe('running')
  return look()
}

const list = async (query = '') => (await admin(`/api/keys${query}`)).answer
const lastFours = async (query = '') =>
  (await list(query)).rows.map(({ key }: { key: string }) => key.slice(1))

describe('who may', () => {
  test.each([
    ['GET', '/api/keys/all'],
    ['GET', '/api/keys/status'],
    ['GET', '/api/keys/1'],
    ['GET', '/v1/keys/list'],
    ['GET', '/hf/v1/keys/list'],
    ['POST', '/api/keys/import'],
    ['POST', '/api/keys/verify'],
    ['POST', '/api/keys/bulk'],
    ['POST', '/api/keys/export'],
    ['POST', '/api/keys/pool/maintenance'],
    ['DELETE', '/api/config/keys/1'],
    ['POST', '/api/config/keys/delete-selected'],
    ['POST', '/api/config/reset'],
    ['GET', '/api/config/schema'],
    ['GET', '/api/audit'],
    ['GET', '/api/jobs'],
    ['POST', '/gemini/v1beta/reset-all-fail-counts'],
    ['POST', '/gemini/v1beta/reset-selected-fail-counts'],
    ['POST', '/gemini/v1beta/reset-fail-count/1'],
    ['POST', '/gemini/v1beta/verify-key/1'],
    ['POST', '/gemini/v1beta/verify-selected-keys'],
  ])('only the admin token opens %s %s', async (method, path) => {
    for (const token of [clientToken, 'wrong'])
      expect((await admin(path, { method, token })).status).toBe(401)
    expect((await fetch(gateway.url + path, { method })).status).toBe(401)
  })
})

describe('the list of keys', () => {
  test('is paged by offset and by page, with bounds', async () => {
    expect(await lastFours('?limit=2&offset=1')).toEqual(['0001', '0002'])
    expect(await lastFours('?limit=2&page=3')).toEqual(['0004', '0005'])
    expect(await list('?limit=4&page=2')).toMatchObject({
      total: 6,
      total_items: 6,
      total_pages: 2,
      current_page: 2,
      keys: { 5: 0, 6: 0 },
    })
    for (const query of ['?limit=0', '?limit=1001', '?page=0', '?offset=-1'])
      expect((await admin(`/api/keys${query}`)).status).toBe(400)
  })

  test('is found by what a person says of a key, and by how it ends', async () => {
    const body = {
      label: 'Blue one',
      note: 'of Anna',
      tags: ['team a', 'old'],
      project: 'shared',
    }
    await admin('/api/keys/2', { method: 'PATCH', body })
    expect(await lastFours('?search=blue')).toEqual(['0001'])
    expect(await lastFours('?search=ANNA')).toEqual(['0001'])
    expect(await lastFours('?tag=old')).toEqual(['0001'])
    expect(await lastFours('?project=shared')).toEqual(['0001'])
    expect(await lastFours('?search=0003')).toEqual(['0003'])
  })

  test('is searched by a whole key, which is neither logged nor answered', async () => {
    const whole = keyNumber(3)
    for (const search of [whole, `  ${whole} `, `…${whole.slice(-4)}`]) {
      const query = encodeURIComponent(search)
      expect(await lastFours(`?search=${query}`)).toEqual(['0003'])
      expect((await admin(`/api/keys?search=${query}&limit=0`)).text).not.toContain(whole)
    }
    expect(await lastFours(`?search=${oldKey(7)}`)).toEqual([])
    expect(await lastFours(`?search=${whole.slice(0, -1)}`)).toEqual([])
    const { answer } = await admin(`/api/keys?search=${whole}`)
    expect(JSON.stringify(answer)).not.toContain(whole)
    expect(gateway.logged.join('')).not.toContain(whole)
    const which = { filter: { search: whole } }
    const { job } = await ended(
      await post('/api/keys/bulk', { action: 'tag', tags: ['found'], which }),
    )
    expect(job.counts).toEqual({ done: 1, gone: 0 })
    expect(await lastFours('?tag=found')).toEqual(['0003'])
  })

  test('is sorted both ways', async () => {
    expect(await lastFours('?sort=label&order=desc&limit=1')).toEqual(['0001'])
    expect(await lastFours('?sort=id&order=desc&limit=1')).toEqual(['0005'])
    for (const sort of ['project', 'state', 'priority', 'weight', 'streak', 'lastUsedAt'])
      expect((await list(`?sort=${sort}`)).rows).toHaveLength(6)
  })

  test('shows one key with its lanes', async () => {
    await generate(gateway, 'one')
    const { rows } = await list('?sort=lastUsedAt&order=desc&limit=1')
    const { answer } = await admin(`/api/keys/${rows[0].id}`)
    expect(answer.key).toMatchObject({ id: rows[0].id, state: 'active' })
    expect(answer.lanes).toEqual([
      expect.objectContaining({ lane: 'gemini-3.8-flash', keys: [rows[0].id] }),
    ])
    expect((await admin('/api/keys/777')).status).toBe(404)
  })
})

describe('jobs', () => {
  test('import keys out of any text, and say nothing of what is none', async () => {
    const text = `Keys of May: ${oldKey(1)}, "${oldKey(2)}";\n{"k":"${oldKey(1)}"} GEMINI=${keyNumber(0)}
      AIzaTooShort AQ.canary sk-canary-canary-canary-canary-canary.`
    const { job, rejected, rejectedTotal } = await ended(
      await post('/api/keys/import', { text, tags: ['may'] }),
    )
    expect(rejected).toEqual([
      { line: 2, key: '…ySy1', why: 'double' },
      { line: 3, key: '…hort', why: 'too-short' },
      { line: 3, key: '…', why: 'too-short' },
      { line: 3, key: '…nary', why: 'no-key' },
      { line: 2, key: '…0000', why: 'known' },
    ])
    expect(rejectedTotal).toBe(5)
    expect(job).toMatchObject({
      kind: 'import-keys',
      state: 'done',
      total: 3,
      done: 3,
      counts: { added: 2, known: 1, double: 1, invalid: 3 },
    })
    expect(await lastFours('?tag=may')).toEqual([oldKey(1), oldKey(2)].map((key) => key.slice(-4)))
    expect((await admin(`/api/jobs/${job.id}`)).text).not.toMatch(/anary/)
  })

  test('do one thing to many keys, by ids or by filter', async () => {
    const bulk = async (action: string, which: unknown, rest = {}) =>
      (await ended(await post('/api/keys/bulk', { action, which, ...rest }))).job.counts
    const may = { filter: { tag: 'may' } }
    expect(await bulk('disable', may)).toEqual({ done: 2, gone: 0 })
    expect((await list('?state=disabled')).total).toBe(2)
    expect(await bulk('enable', { filter: { state: 'disabled' } })).toEqual({ done: 2, gone: 0 })
    expect((await list('?state=disabled')).total).toBe(0)
    expect(await bulk('tag', { ids: [1, 3, 999] }, { tags: ['x'] })).toEqual({ done: 2, gone: 0 })
    expect((await list('?tag=x')).total).toBe(2)
    await bulk('untag', { filter: { tag: 'x' } }, { tags: ['x'] })
    expect((await list('?tag=x')).total).toBe(0)
    await bulk('reset', { ids: [1] })
    await bulk('delete', may)
    expect((await list()).total).toBe(6)
    expect((await post('/api/keys/bulk', { action: 'tag', which: may })).status).toBe(400)
  })

  test('ask Google about keys, and what it says of a key counts', async () => {
    const { job, findings } = await ended(
      await post('/api/keys/verify', { which: { filter: {} }, model: 'gemini-2.5-flash' }),
    )
    expect(job).toMatchObject({ kind: 'verify-keys', state: 'done', total: 6, done: 6 })
    expect(job.counts.answered).toBe(5)
    expect(findings).toEqual([expect.objectContaining({ id: 6, key: '…0005' })])
    expect((await admin('/api/jobs')).answer.jobs[0]).toMatchObject({ id: job.id })
  })

  test('are not cancelled twice, and unknown ones not at all', async () => {
    const { job } = await ended(await post('/api/keys/verify', { which: { ids: [1] } }))
    expect((await post(`/api/jobs/${job.id}/cancel`)).answer).toEqual({ done: false })
    expect((await post('/api/jobs/nobody/cancel')).answer).toEqual({ done: false })
    expect((await admin('/api/jobs/nobody')).status).toBe(404)
  })
})

describe('an export', () => {
  test('has values only where asked for, and that is written down', async () => {
    const plain = await post('/api/keys/export')
    expect(plain.answer.rows).toHaveLength(6)
    expect(plain.text).not.toContain(keyNumber(0))
    const seen = async () => (await admin('/api/audit?action=keys-exported')).answer.rows.length
    expect(await seen()).toBe(0)
    const { answer } = await post('/api/keys/export', { values: true, limit: 4 })
    expect(answer.rows[0]).toMatchObject({ id: 1, value: keyNumber(0) })
    expect(answer.next).toBe(4)
    const rest = await post('/api/keys/export', { values: true, after: answer.next })
    expect(rest.answer.rows.map(({ id }: { id: number }) => id)).toEqual([5, 6])
    expect(rest.answer.next).toBeUndefined()
    expect(await seen()).toBe(2)
  })
})

describe('the paths of the Python program', () => {
  test('tell active keys from the others, by id', async () => {
    const { answer } = await admin('/api/keys/all')
    const all = [...answer.valid_keys, ...answer.invalid_keys]
    expect(all.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6])
    expect(answer.total_count).toBe(6)
    const status = (await admin('/api/keys/status')).answer
    expect(status.keys).toMatchObject({ total_keys: 6, valid_count: answer.valid_keys.length })
    expect(status).toMatchObject({ pool_status: null, pool_enabled: false })
    const { valid_keys, invalid_keys } = status.keys
    for (const path of ['/v1/keys/list', '/hf/v1/keys/list'])
      expect((await admin(path)).answer).toEqual({
        status: 'success',
        data: { valid_keys, invalid_keys },
        total: 6,
      })
    expect(await list('?status=valid')).toMatchObject({ total: answer.valid_keys.length })
    expect(await list('?fail_count_threshold=1&search=')).toMatchObject({ total: 0 })
    expect(await list('?fail_count_threshold=')).toMatchObject({ total: 6 })
  })

  test('refuse maintenance of a pool that is off', async () => {
    const { status, answer } = await post('/api/keys/pool/maintenance')
    expect([status, answer.success]).toEqual([400, false])
  })

  test('maintain a pool that is on', async () => {
    await admin('/api/config', { method: 'PUT', body: { VALID_KEY_POOL_ENABLED: true } })
    const { answer } = await post('/api/keys/pool/maintenance')
    expect(answer).toMatchObject({ success: true, before: { size: 0 } })
    expect(answer.after.size).toBeGreaterThan(0)
    await admin('/api/config', { method: 'PUT', body: { VALID_KEY_POOL_ENABLED: false } })
  })

  test('try keys that are not stored, which changes nothing', async () => {
    const before = (await admin('/api/keys?limit=100')).answer
    const keys = [keyNumber(0), keyNumber(0), oldKey(77)]
    const { status, answer } = await post('/v1beta/batch-verify-stateless', { keys })
    expect([status, answer]).toEqual([
      200,
      {
        successful_keys: [keyNumber(0)],
        failed_keys: { [oldKey(77)]: expect.stringContaining('API key not valid') },
        valid_count: 1,
        invalid_count: 1,
      },
    ])
    expect((await admin('/api/keys?limit=100')).answer).toEqual(before)
    expect((await post('/v1beta/batch-verify-stateless', { keys: [] })).status).toBe(400)
  })

  test('offer the models that clients see', async () => {
    const { answer } = await admin('/api/config/ui/models')
    expect(answer).toMatchObject({ object: 'list', success: true })
    const ids: string[] = answer.data.map(({ id }: { id: string }) => id)
    expect(ids).toContain('gemini-3.8-flash')
  })

  test('verify and reset keys, by id or value', async () => {
    expect((await post(`/gemini/v1beta/verify-key/${keyNumber(0)}`)).answer).toEqual({
      status: 'valid',
    })
    expect((await post('/gemini/v1beta/verify-key/6')).answer).toMatchObject({ status: 'invalid' })
    expect((await post(`/gemini/v1beta/verify-key/${oldKey(9)}`)).status).toBe(404)
    const some = await post('/gemini/v1beta/verify-selected-keys', { keys: ['1', 6] })
    expect(some.answer).toMatchObject({
      successful_keys: ['1'],
      failed_keys: { 6: { error_code: expect.any(Number) } },
      valid_count: 1,
      invalid_count: 1,
    })
    expect((await post('/gemini/v1beta/reset-fail-count/2')).answer.success).toBe(true)
    expect((await post('/gemini/v1beta/reset-fail-count/777')).status).toBe(404)
    const all = await post('/gemini/v1beta/reset-all-fail-counts?key_type=invalid')
    expect(all.answer.reset_count).toBe(1)
    const selected = await post('/gemini/v1beta/reset-selected-fail-counts', { keys: [1, 777] })
    expect(selected.answer.reset_count).toBe(1)
    expect((await post('/gemini/v1beta/reset-selected-fail-counts', { keys: [] })).status).toBe(400)
  })

  test('delete keys, and name those that are not there by their ends', async () => {
    const remove = (keys: unknown) => post('/api/config/keys/delete-selected', { keys })
    const { answer } = await remove([keyNumber(5), oldKey(9)])
    expect(answer).toMatchObject({
      success: true,
      deleted_count: 1,
      not_found_keys: [`…${oldKey(9).slice(-4)}`],
    })
    expect((await remove([])).status).toBe(400)
    expect((await remove([oldKey(9)])).status).toBe(400)
    expect((await admin(`/api/config/keys/${oldKey(9)}`, { method: 'DELETE' })).status).toBe(404)
    expect((await list()).total).toBe(5)
  })
})

test('the schema of the settings has bounds, help and what is secret', async () => {
  const { schema } = (await admin('/api/config/schema')).answer
  expect(schema.properties.MAX_RETRIES).toMatchObject({ type: 'integer', minimum: 0, maximum: 10 })
  expect(schema.properties.ALLOWED_TOKENS).toMatchObject({ type: 'array', writeOnly: true })
  expect(schema.properties.PORT).toBeUndefined()
})

test('no key and no token, whole, was logged', () => {
  for (const secret of [keyNumber(0), oldKey(9), clientToken, adminToken])
    expect(gateway.logged.join('\n')).not.toContain(secret)
})
