import { expect, test } from 'vitest'
import type { KeyEvent } from '../keys/events.ts'
import { keyEventLine } from './key-event-sentence.ts'

const now = 1_000_000
const names = {
  keyName: (key: number) => `${key} (…abcd)`,
  host: 'generativelanguage.googleapis.com',
  now,
}
const sentenceOf = (event: KeyEvent) => keyEventLine(event, names).sentence

const down = (reason: string | undefined, message?: string): KeyEvent => ({
  kind: 'egress-down',
  verdict: 'network-failed',
  until: now + 2000,
  reason,
  message,
})

test.each([
  ['ECONNREFUSED', 'connection refused'],
  ['ENOTFOUND', 'DNS does not know the name'],
  ['UND_ERR_CONNECT_TIMEOUT', 'the connection timed out'],
  ['CERT_HAS_EXPIRED', 'its certificate has expired'],
  ['HPE_INVALID_CONSTANT', 'it does not answer in HTTP'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'TLS failed; is BASE_URL right?'],
  ['PROXY_FAILED', 'The proxy http://p:1 failed: connection refused'],
  ['EUNKNOWN', 'The proxy http://p:1 failed: connection refused'],
])('a network that is out names the host and says %s in words', (reason, words) => {
  const event = down(reason, 'The proxy http://p:1 failed: connection refused.')
  expect(sentenceOf(event)).toBe(
    `Cannot reach generativelanguage.googleapis.com: ${words}. Calls are tried again in 2 s.`,
  )
})

test('a network that is out for no known reason still has a sentence', () => {
  expect(sentenceOf(down(undefined))).toContain('googleapis.com: the connection failed.')
  expect(sentenceOf(down('EWHATEVER'))).toContain('googleapis.com: EWHATEVER.')
})

test('a refused location names the host and what helps', () => {
  const sentence = sentenceOf({
    kind: 'egress-down',
    verdict: 'location-refused',
    until: now + 120_000,
    reason: 'FAILED_PRECONDITION',
    message: 'User location is not supported for the API use.',
  })
  expect(sentence).toBe(
    'generativelanguage.googleapis.com does not serve the location of this machine. Set PROXIES to one that it serves. Calls are tried again in 2 min.',
  )
})

test.each<[KeyEvent, string]>([
  [
    { kind: 'model-overloaded', lane: 'gemini-x', until: now + 1000 },
    'gemini-x is overloaded at generativelanguage.googleapis.com: Google has no capacity for it. It is tried again in 1 s.',
  ],
  [
    { kind: 'key-died', key: 5, verdict: 'key-leaked' },
    'Key 5 (…abcd) is out of service: Google reports the key as leaked.',
  ],
  [
    { kind: 'key-cooled', key: 5, verdict: 'key-invalid', until: now + 7_200_000 },
    'Key 5 (…abcd) cools down for 2 h: the key is invalid, expired or deleted.',
  ],
  [
    {
      kind: 'lane-closed',
      project: 'p',
      lane: 'gemini-x',
      verdict: 'model-closed',
      until: Infinity,
      quotaIds: [],
    },
    'gemini-x is closed to p for good: the model is permanently closed to this project.',
  ],
  [
    { kind: 'projects-contradict', keys: [1, 2], projects: ['a', 'b'] },
    'Keys of one project are assigned to a, b: 1 (…abcd), 2 (…abcd). Assign them to the same one.',
  ],
  [{ kind: 'egress-recovered' }, 'generativelanguage.googleapis.com answers again.'],
  [
    { kind: 'failures-correlated', verdict: 'key-invalid', keys: [1, 2, 3, 4, 5, 6, 7] },
    'Google refuses 7 keys alike, so they are held back and probed: 1 (…abcd), 2 (…abcd), 3 (…abcd), 4 (…abcd), 5 (…abcd), 2 more. The key is invalid, expired or deleted.',
  ],
])('$kind says what happened and why', (event, sentence) => {
  expect(sentenceOf(event)).toBe(sentence)
})

test('warnings are for what takes something out of service', () => {
  expect(keyEventLine({ kind: 'key-died', key: 5, verdict: 'key-leaked' }, names).level).toBe(
    'warn',
  )
  expect(keyEventLine(down('EPIPE'), names).level).toBe('warn')
  expect(keyEventLine({ kind: 'egress-recovered' }, names).level).toBe('info')
})
