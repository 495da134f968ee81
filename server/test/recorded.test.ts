import { describe, expect, test } from 'vitest'
import { call, healthyProjects, useGateway } from './support/gateway.ts'
import { recordedLines } from '../src/runtime/testing/recordings.ts'

type Exchange = {
  id: string
  method: string
  path: string
  request: unknown
  status: number
  headers: Record<string, string>
  response: { json?: unknown; text?: string }
}

const exchanges = (recordedLines('gemini-exchanges.jsonl') ?? [])
  .map((line): Exchange => JSON.parse(line))
  .filter(({ path }) => /\/models\/[^/]+:/.test(path))

const gateway = useGateway({
  fake: { projects: healthyProjects(2) },
  settings: { SAFETY_SETTINGS: '[]', MAX_RETRIES: '1' },
})

describe.skipIf(exchanges.length === 0)('recorded traffic comes out as it went in', () => {
  test.each(exchanges.map((exchange) => [exchange.id, exchange] as const))(
    '%s',
    async (_id, exchange) => {
      const { path, request, status, headers, response } = exchange
      const sent = JSON.stringify(request)
      const answered = response.text ?? JSON.stringify(response.json, undefined, 2)
      const {
        'transfer-encoding': _hop,
        'content-encoding': _coding,
        'content-length': _length,
        ...kept
      } = headers
      gateway.fake.clearReceived()
      gateway.fake.clearScripts()
      gateway.fake.script({
        path: path.split('?')[0] ?? path,
        status,
        headers: kept,
        body: answered,
        splitAt: [1, 7, 100],
      })
      const answer = await call(gateway, path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: sent,
      })
      expect(answer.status).toBe(status)
      expect(answer.text).toBe(answered)
      expect(answer.headers.get('content-type')).toBe(headers['content-type'] ?? null)
      for (const { bodyText } of gateway.fake.received()) expect(bodyText).toBe(sent)
      expect(gateway.fake.received().length).toBeGreaterThan(0)
    },
  )
})
