import { describe, expect, test } from 'vitest'
import { readExposition } from './support/exposition.ts'
import {
  adminToken,
  call,
  clientToken,
  generate,
  healthyProjects,
  useGateway,
} from './support/gateway.ts'

const metricsToken = 'metrics-token-for-tests'

const gateway = useGateway({
  fake: { projects: healthyProjects(3) },
  settings: { METRICS_TOKEN: metricsToken },
})

const metricsAs = (authorization: string | undefined, path = '/metrics') =>
  fetch(gateway.url + path, { headers: authorization === undefined ? {} : { authorization } })

async function scrape() {
  const response = await metricsAs(`Bearer ${metricsToken}`)
  return readExposition(await response.text())
}

const ownLines = async () =>
  (await scrape()).lines.filter(({ name }) => name.startsWith('gemini_balance_')).length

const chat = (stream: boolean) =>
  call(gateway, '/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${clientToken}` },
    body: JSON.stringify({
      model: 'gemini-3.8-flash',
      messages: [{ role: 'user', content: 'hi' }],
      stream,
    }),
  })

describe('who may read', () => {
  test.each([
    ['the metrics token', `Bearer ${metricsToken}`, 200],
    ['the admin token', `Bearer ${adminToken}`, 200],
    ['a client token', `Bearer ${clientToken}`, 401],
    ['a wrong token', 'Bearer wrong', 401],
    ['an empty token', 'Bearer ', 401],
    ['the metrics token under another scheme', `Basic ${metricsToken}`, 401],
    ['no credential', undefined, 401],
  ])('%s', async (_who, authorization, status) => {
    expect((await metricsAs(authorization)).status).toBe(status)
  })

  test('the metrics token in the URL is refused', async () => {
    expect((await metricsAs(undefined, `/metrics?key=${metricsToken}`)).status).toBe(401)
  })

  test('the metrics token gives access to no other API', async () => {
    expect((await metricsAs(`Bearer ${metricsToken}`, '/api/keys')).status).toBe(401)
    expect((await metricsAs(`Bearer ${metricsToken}`, '/v1beta/models')).status).toBe(401)
  })

  test('only the admin token, where no metrics token is set', async () => {
    await gateway.program.settings.change({ METRICS_TOKEN: '' })
    expect((await metricsAs(`Bearer ${metricsToken}`)).status).toBe(401)
    expect((await metricsAs('Bearer ')).status).toBe(401)
    expect((await metricsAs(`Bearer ${adminToken}`)).status).toBe(200)
    await gateway.program.settings.change({ METRICS_TOKEN: metricsToken })
  })
})

describe('metrics', () => {
  test('are in a format that a scraper can read', async () => {
    const response = await metricsAs(`Bearer ${metricsToken}`)
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const { types } = readExposition(await response.text())
    for (const name of ['process_cpu_seconds_total', 'nodejs_eventloop_lag_p99_seconds']) {
      expect(types.has(name)).toBe(true)
    }
  })

  test('count requests, attempts, retries and durations', async () => {
    const before = await scrape()
    gateway.fake.clearReceived()
    await generate(gateway, 'one')
    await generate(gateway, 'two', { method: 'streamGenerateContent' })
    await generate(gateway, 'three', { model: 'no-such-model' })
    await chat(false)
    await chat(true)
    await call(gateway, '/v1beta/models/gemini-3.8-flash:generateContent', {
      method: 'POST',
      headers: { 'x-goog-api-key': 'wrong' },
    })
    const after = await scrape()
    const rise = (name: string, labels?: Record<string, string>) =>
      after.sum(name, labels) - before.sum(name, labels)

    const requests = 'gemini_balance_requests_total'
    expect(rise(requests)).toBe(6)
    expect(rise(requests, { dialect: 'gemini', method: 'generateContent', status: '2xx' })).toBe(1)
    expect(rise(requests, { dialect: 'gemini', status: '4xx' })).toBe(2)
    expect(rise(requests, { method: 'streamGenerateContent', status: '2xx' })).toBe(1)
    expect(rise(requests, { dialect: 'openai', method: 'chat/completions' })).toBe(2)
    expect(after.value('gemini_balance_requests_open', { dialect: 'gemini' })).toBe(0)

    const calls = gateway.fake.received().filter(({ action }) => action !== undefined)
    const attempts = 'gemini_balance_attempts_total'
    expect(rise(attempts)).toBe(calls.length)
    expect(rise(attempts, { verdict: 'answered', model: 'gemini-3.8-flash' })).toBe(4)
    expect(rise(attempts, { model: 'no-such-model' })).toBe(0)
    expect(rise(attempts, { model: 'other' })).toBe(calls.length - 4)
    expect(rise('gemini_balance_retries_total')).toBe(calls.length - 5)

    const duration = 'gemini_balance_attempt_duration_seconds'
    expect(rise(`${duration}_count`, { stream: 'true' })).toBe(2)
    expect(rise(`${duration}_count`)).toBe(calls.length)
    expect(rise(`${duration}_bucket`, { le: '+Inf' })).toBe(calls.length)
    expect(rise(`${duration}_bucket`, { le: '600' })).toBe(calls.length)
    expect(rise('gemini_balance_attempt_first_byte_seconds_count')).toBe(calls.length)
  })

  test('count the tokens that the client saw in its answer', async () => {
    const before = await scrape()
    const { text } = await generate(gateway, 'count me, please')
    const usage = JSON.parse(text).usageMetadata
    const after = await scrape()
    const rise = (kind: string) =>
      after.sum('gemini_balance_tokens_total', { kind }) -
      before.sum('gemini_balance_tokens_total', { kind })
    expect(rise('prompt')).toBe(usage.promptTokenCount)
    expect(rise('output')).toBe(usage.candidatesTokenCount)
    expect(rise('thoughts')).toBe(usage.thoughtsTokenCount ?? 0)
  })

  test('have the state of keys, lanes, pool, request log, database and build', async () => {
    const now = await scrape()
    expect(now.value('gemini_balance_keys', { state: 'active' })).toBe(3)
    expect(now.value('gemini_balance_keys', { state: 'dead' })).toBe(0)
    expect(now.value('gemini_balance_projects')).toBe(3)
    expect(now.sum('gemini_balance_lanes', { model: 'gemini-3.8-flash' })).toBe(3)
    expect(now.value('gemini_balance_waiting')).toBe(0)
    expect(now.value('gemini_balance_calls_open')).toBe(0)
    expect(now.value('gemini_balance_pool_capacity')).toBe(50)
    expect(now.value('gemini_balance_database_up')).toBe(1)
    expect(now.value('gemini_balance_egress_down')).toBe(0)
    expect(now.value('gemini_balance_build_info', { node: process.version })).toBe(1)
    const logged =
      now.value('gemini_balance_request_log_queued') +
      now.value('gemini_balance_request_log_written_total')
    expect(logged).toBe(now.sum('gemini_balance_attempts_total'))
    expect(now.value('gemini_balance_request_log_dropped_total')).toBe(0)
  })

  test('do not grow with the models and methods that clients make up', async () => {
    const ask = (index: number) =>
      generate(gateway, 'hi', { model: `made-up-${index}`, method: `m${index}` })
    await ask(0)
    const before = await ownLines()
    for (let index = 1; index < 20; index += 1) await ask(index)
    expect(await ownLines()).toBe(before)
  })

  test('have histograms whose buckets never decrease', async () => {
    const { lines } = await scrape()
    const buckets = lines.filter(
      ({ name }) => name === 'gemini_balance_attempt_duration_seconds_bucket',
    )
    expect(buckets.length).toBeGreaterThanOrEqual(15)
    for (const [index, bucket] of buckets.entries()) {
      const next = buckets[index + 1]
      if (next?.labels['dialect'] !== bucket.labels['dialect'] || next === undefined) continue
      if (next.labels['stream'] !== bucket.labels['stream']) continue
      expect(next.value).toBeGreaterThanOrEqual(bucket.value)
    }
  })
})
