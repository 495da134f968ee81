import { describe, expect, test } from 'vitest'
import { createAdminSessions, type AdminSession } from './admin-sessions.ts'
import { createSessionWriter } from './session-writer.ts'

const hourMs = 3_600_000
const from = { address: '192.0.2.1', userAgent: 'a browser' }

function setUp(stored: readonly AdminSession[] = []) {
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
  sessions.setTokenMark('a mark')
  return { sessions, time, rows }
}

describe('a session', () => {
  test('is found by its secret, and by nothing that is stored or shown', () => {
    const { sessions, rows } = setUp()
    const { secret, session } = sessions.begin(from)
    expect(sessions.find(secret)).toMatchObject({ id: session.id, ...from })
    const [row] = rows.values()
    for (const guess of ['', 'x', session.id, row?.digest ?? ''])
      expect(sessions.find(guess)).toBeUndefined()
    expect(JSON.stringify([...rows, sessions.list()])).not.toContain(secret)
  })

  test('ends at its time, also when it was used meanwhile', () => {
    const { sessions, time } = setUp()
    const { secret } = sessions.begin(from)
    time.at += 24 * hourMs - 1
    expect(sessions.find(secret)?.lastSeenAt).toBe(time.at)
    time.at += 1
    expect(sessions.find(secret)).toBeUndefined()
    expect(sessions.list()).toEqual([])
  })

  test('ends sooner when the settings shorten its time, and no later when they lengthen it', () => {
    const { sessions, time } = setUp()
    const { secret } = sessions.begin(from)
    time.lifetimeMs = hourMs
    time.at += hourMs
    expect(sessions.find(secret)).toBeUndefined()
    time.lifetimeMs = 48 * hourMs
    expect(sessions.find(secret)).toMatchObject({
      expiresAt: expect.toSatisfy((at: number) => at < time.at + 24 * hourMs),
    })
  })

  test('ends alone or with all others, and listeners are called', () => {
    const { sessions, rows } = setUp()
    const [one, two, three] = [sessions.begin(from), sessions.begin(from), sessions.begin(from)]
    const ended: string[] = []
    sessions.onEnd((id) => ended.push(id))
    expect(sessions.end(one.session.id)).toBe(true)
    expect(sessions.end(one.session.id)).toBe(false)
    expect(sessions.endAllExcept(three.session.id)).toBe(1)
    expect(ended).toEqual([one.session.id, two.session.id])
    expect(sessions.find(one.secret)).toBeUndefined()
    expect(sessions.find(three.secret)).toBeDefined()
    expect(rows.size).toBe(1)
  })

  test('ends with the admin token of its login, also while the gateway was stopped', () => {
    const first = setUp()
    const { secret } = first.sessions.begin(from)
    const again = setUp([...first.rows.values()])
    expect(again.sessions.find(secret)).toBeDefined()
    again.sessions.setTokenMark('another mark')
    expect(again.sessions.find(secret)).toBeUndefined()
    expect(again.rows.size).toBe(0)
  })

  test('ends when there are too many newer ones', () => {
    const { sessions, rows } = setUp()
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
