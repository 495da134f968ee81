import { describe, expect, test } from 'vitest'
import { createAdminSessions, type AdminSession } from './admin-sessions.ts'
import { createSessionWriter } from './session-writer.ts'

const hourMs = 3_600_000
const from = { address: '192.0.2.1', userAgent: 'a browser' }

function bench(stored: readonly AdminSession[] = []) {
  const time = { at: 1_790_000_000_000, lifetimeMs: 24 * hourMs }
  const rows = new Map(stored.map((one) => [one.digest, one]))
  const sessions = createAdminSessions(stored, {
    now: () => time.at,
    lifetimeMs: () => time.lifetimeMs,
    onChange({ removed, added }) {
      for (const digest of removed) rows.delete(digest)
      for (const one of added) rows.set(one.digest, one)
    },
  })
  sessions.follow('a mark')
  return { sessions, time, rows }
}

describe('a session', () => {
  test('is opened by its secret and by nothing that is stored or shown', () => {
    const { sessions, rows } = bench()
    const { secret, session } = sessions.begin(from)
    expect(sessions.find(secret)).toMatchObject({ id: session.id, ...from })
    const [row] = rows.values()
    for (const guess of ['', 'x', session.id, row?.digest ?? ''])
      expect(sessions.find(guess)).toBeUndefined()
    expect(JSON.stringify([...rows, sessions.list()])).not.toContain(secret)
  })

  test('ends when its time is over, whatever was done in between', () => {
    const { sessions, time } = bench()
    const { secret } = sessions.begin(from)
    time.at += 24 * hourMs - 1
    expect(sessions.find(secret)?.lastSeenAt).toBe(time.at)
    time.at += 1
    expect(sessions.find(secret)).toBeUndefined()
    expect(sessions.list()).toEqual([])
  })

  test('ends sooner when the settings say so now, and no later', () => {
    const { sessions, time } = bench()
    const { secret } = sessions.begin(from)
    time.lifetimeMs = hourMs
    time.at += hourMs
    expect(sessions.find(secret)).toBeUndefined()
    time.lifetimeMs = 48 * hourMs
    expect(sessions.find(secret)).toMatchObject({
      expiresAt: expect.toSatisfy((at: number) => at < time.at + 24 * hourMs),
    })
  })

  test('ends alone, or with all others, and whoever watches is told', () => {
    const { sessions, rows } = bench()
    const [one, two, three] = [sessions.begin(from), sessions.begin(from), sessions.begin(from)]
    const ended: string[] = []
    sessions.onEnd((id) => ended.push(id))
    expect(sessions.end(one.session.id)).toBe(true)
    expect(sessions.end(one.session.id)).toBe(false)
    expect(sessions.endAll(three.session.id)).toBe(1)
    expect(ended).toEqual([one.session.id, two.session.id])
    expect(sessions.find(one.secret)).toBeUndefined()
    expect(sessions.find(three.secret)).toBeDefined()
    expect(rows.size).toBe(1)
  })

  test('ends with the admin token that opened it, also while the gateway was stopped', () => {
    const first = bench()
    const { secret } = first.sessions.begin(from)
    const again = bench([...first.rows.values()])
    expect(again.sessions.find(secret)).toBeDefined()
    again.sessions.follow('another mark')
    expect(again.sessions.find(secret)).toBeUndefined()
    expect(again.rows.size).toBe(0)
  })

  test('gives way to newer ones where there are too many', () => {
    const { sessions, rows } = bench()
    const first = sessions.begin(from)
    for (let count = 0; count < 500; count += 1) sessions.begin(from)
    expect(sessions.find(first.secret)).toBeUndefined()
    expect(rows.size).toBe(200)
  })
})

test('what a database that is away does not take is written when it is back', async () => {
  const rows = new Map<string, AdminSession>()
  const errors: unknown[] = []
  let isAway = true
  const writer = createSessionWriter({
    onError: (error) => errors.push(error),
    store: {
      all: async () => [],
      async change({ removed, added }) {
        if (isAway) throw new Error('away')
        for (const digest of removed) rows.delete(digest)
        for (const one of added) rows.set(one.digest, one)
      },
    },
  })
  const session = (digest: string): AdminSession => ({
    ...from,
    digest,
    tokenMark: '',
    createdAt: 1,
    expiresAt: 2,
  })
  writer.write({ removed: [], added: [session('one'), session('two')] })
  await expect.poll(() => errors).toHaveLength(1)
  writer.write({ removed: ['one'], added: [session('three')] })
  isAway = false
  await writer.close()
  expect([...rows.keys()]).toEqual(['two', 'three'])
})
