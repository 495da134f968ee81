import { describe, expect, test } from 'vitest'
import type { FakeQuota, FakeTier } from '../options.ts'
import { sendRequest, flash, key, userMessage, startForTest } from '../testing/send-request.ts'
import type { Answer } from '../testing/send-request.ts'
import { nextPacificMidnight } from './pacific-midnight.ts'

const noon = Date.UTC(2026, 10, 23, 20)

async function start(quota: FakeQuota, tier: FakeTier = 'free') {
  const quotas = { 'gemini-3.8-flash': quota }
  const keys = [key, 'AQ.same-project']
  const fake = await startForTest({ projects: [{ id: 'p', tier, keys, quotas }] })
  fake.setTime(noon)
  return fake
}

function violations({ json }: Answer): Record<string, unknown>[] {
  const failure = json.error?.details?.find((detail) => detail['@type'].endsWith('QuotaFailure'))
  const found = failure?.['violations']
  return Array.isArray(found) ? found : []
}

const retryDelay = ({ json }: Answer): unknown =>
  json.error?.details?.find((detail) => detail['@type'].endsWith('RetryInfo'))?.['retryDelay']

describe('a quota', () => {
  test('of requests a minute is a rolling window', async () => {
    const fake = await start({ rpm: 2 })
    expect((await sendRequest(fake)).status).toBe(200)
    fake.advance(30_000)
    expect((await sendRequest(fake)).status).toBe(200)
    const refused = await sendRequest(fake)
    expect(refused.status).toBe(429)
    expect(violations(refused)).toEqual([
      {
        quotaMetric: 'generativelanguage.googleapis.com/generate_content_free_tier_requests',
        quotaId: 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier',
        quotaDimensions: { location: 'global', model: 'gemini-3.8-flash' },
        quotaValue: '2',
      },
    ])
    expect(refused.json.error?.message).toMatch(/Please retry in (29|30)(\.\d+)?s\.$/)
    fake.advance(30_000)
    expect((await sendRequest(fake)).status).toBe(200)
    expect((await sendRequest(fake)).status).toBe(429)
  })

  test('of requests a day resets at midnight in Los Angeles, but its retryDelay is less than a minute', async () => {
    const fake = await start({ rpd: 1 })
    await sendRequest(fake)
    const refused = await sendRequest(fake)
    expect(violations(refused)[0]?.['quotaId']).toBe(
      'GenerateRequestsPerDayPerProjectPerModel-FreeTier',
    )
    expect(retryDelay(refused)).toMatch(/^\d{1,2}s$/)
    fake.setTime(Date.UTC(2026, 10, 24, 7, 59, 50))
    expect((await sendRequest(fake)).status).toBe(429)
    fake.setTime(Date.UTC(2026, 10, 24, 8, 0, 1))
    expect((await sendRequest(fake)).status).toBe(200)
  })

  test('belongs to the project, not to the key', async () => {
    const fake = await start({ rpm: 1 })
    await sendRequest(fake)
    expect(
      (await sendRequest(fake, { headers: { 'x-goog-api-key': 'AQ.same-project' } })).status,
    ).toBe(429)
  })

  test('belongs to the model', async () => {
    const fake = await start({ rpm: 1 })
    await sendRequest(fake)
    const path = '/v1beta/models/gemini-3.5-flash:generateContent'
    expect((await sendRequest(fake, { path })).status).toBe(200)
  })

  test('of input tokens names the tier, and its RetryInfo is shorter than its message', async () => {
    const fake = await start({ tpm: 100 }, 'paid2')
    expect((await sendRequest(fake, { body: userMessage('x'.repeat(240)) })).status).toBe(200)
    const refused = await sendRequest(fake, { body: userMessage('x'.repeat(240)) })
    expect(violations(refused)[0]).toMatchObject({
      quotaId: 'GenerateContentPaidTierInputTokensPerModelPerMinute-PaidTier2',
      quotaMetric:
        'generativelanguage.googleapis.com/generate_content_paid_tier_2_input_token_count',
    })
    expect(Number.parseInt(String(retryDelay(refused)), 10)).toBeLessThan(30)
    expect((await sendRequest(fake, { body: userMessage('x'.repeat(100)) })).status).toBe(200)
  })

  test('violations of the minute and of the day are in one answer', async () => {
    const fake = await start({ rpm: 1, rpd: 1 })
    await sendRequest(fake)
    const refused = await sendRequest(fake)
    expect(violations(refused).map((one) => one['quotaId'])).toEqual([
      'GenerateRequestsPerMinutePerProjectPerModel-FreeTier',
      'GenerateRequestsPerDayPerProjectPerModel-FreeTier',
    ])
    expect(refused.json.error?.message.match(/\* Quota exceeded/g)).toHaveLength(2)
  })

  test('is not used by rejected calls', async () => {
    const fake = await start({ rpd: 1 })
    expect((await sendRequest(fake, { body: { contents: [] } })).status).toBe(400)
    expect(
      (await sendRequest(fake, { body: userMessage('[[fake:error-first-503]]') })).status,
    ).toBe(503)
    expect((await sendRequest(fake)).status).toBe(200)
  })

  test('of zero is reported as limit 0, without a quota value', async () => {
    const fake = await start({ rpm: 0 })
    const refused = await sendRequest(fake)
    expect(refused.json.error?.message).toContain('limit: 0, model: gemini-3.8-flash')
    expect(violations(refused)[0]).not.toHaveProperty('quotaValue')
  })

  test('of a paid model is zero in a project declared free', async () => {
    const fake = await start({})
    const path = '/v1beta/models/gemini-4-argon:generateContent'
    expect((await sendRequest(fake, { path })).json.error?.message).toContain('limit: 0')
  })

  test('of countTokens is separate from that of generateContent', async () => {
    const fake = await start({ rpm: 1 })
    await sendRequest(fake)
    expect((await sendRequest(fake, { path: `${flash}:countTokens` })).status).toBe(200)
  })

  test('can be changed while the server runs', async () => {
    const fake = await start({ rpm: 1 })
    await sendRequest(fake)
    fake.setQuota('p', 'gemini-3.8-flash', { rpm: 5 })
    expect((await sendRequest(fake)).status).toBe(200)
  })

  test('errors have their details in random order', async () => {
    const fake = await start({ rpm: 0 })
    const orders = new Set<string>()
    for (let call = 0; call < 30; call += 1) {
      const { json } = await sendRequest(fake)
      orders.add((json.error?.details ?? []).map((detail) => detail['@type']).join())
    }
    expect(orders.size).toBeGreaterThan(3)
  })
})

describe('the next Pacific midnight', () => {
  test.each([
    ['in winter', '2026-11-23T20:00:00Z', '2026-11-24T08:00:00Z'],
    ['in summer', '2026-07-01T06:59:59Z', '2026-07-01T07:00:00Z'],
    ['at midnight itself', '2026-07-01T07:00:00Z', '2026-07-02T07:00:00Z'],
    ['on the day the clocks go back', '2026-11-01T12:00:00Z', '2026-11-02T08:00:00Z'],
    ['on the day the clocks go forward', '2026-03-08T12:00:00Z', '2026-03-09T07:00:00Z'],
    ['on New Year’s Eve', '2027-01-01T07:00:00Z', '2027-01-01T08:00:00Z'],
  ])('%s', (_, now, midnight) => {
    expect(new Date(nextPacificMidnight(Date.parse(now))).toISOString()).toBe(
      new Date(midnight).toISOString(),
    )
  })
})
