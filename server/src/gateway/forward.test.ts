import { describe, expect, test } from 'vitest'
import { uncounted } from '../auth/clients/admission.ts'
import type { Outcome } from '../google/outcome.ts'
import type { VerdictName } from '../google/verdicts.ts'
import type { KeyRequest, Keys, NoKeyReason, Reservation } from '../keys/types.ts'
import { Secret } from '../log/secret.ts'
import { ClientAbort } from '../runtime/streams/client-signal.ts'
import type { Answer, StreamEnd } from './answer.ts'
import { forward, type ForwardLimits } from './forward.ts'
import type { AttemptReport, WaitEnd } from './observer.ts'
import type { GatewayRequest } from './request.ts'

const limits: ForwardLimits = {
  maxRetries: 3,
  maxKeySwitches: 8,
  queueMaxWaitMs: 1000,
  timeOutMs: 60_000,
}

const request: GatewayRequest = {
  id: 'r1',
  admitted: uncounted,
  key: { lane: 'm', model: 'm', estimatedInputTokens: 1, conversation: 'c' },
  call: {
    method: 'POST',
    path: '/v1beta/models/m:generateContent',
    headers: {},
    body: [],
    framing: 'unary',
    generates: true,
    usesResource: false,
  },
  labels: { dialect: 'gemini', method: 'generateContent', caller: 'me', streamed: false },
}

const reservation = (key: number): Reservation => ({
  request: 'r1',
  key,
  project: `p${key}`,
  lane: 'm',
  secret: new Secret(`key-${key}`),
  reservedAt: 0,
  estimatedInputTokens: 1,
  trial: false,
  choice: 'pool',
  ready: 1,
  groups: 1,
})

function answerOf(status: number): Answer & { discarded: boolean } {
  return {
    status,
    headers: {},
    whole: Buffer.from('{}'),
    discarded: false,
    pipe: async () => ({ kind: 'complete' }),
    tail: () => Buffer.alloc(0),
    usage: () => undefined,
    discard() {
      this.discarded = true
    },
  }
}

type Script = {
  /** Outcome of each attempt in order; the last one repeats. */
  readonly outcomes?: readonly (VerdictName | Outcome)[]
  /** From this reservation on there is no key. */
  readonly noKey?: { readonly from: number; readonly reason: NoKeyReason }
  readonly limits?: Partial<ForwardLimits>
  /** How a wait for a key ends. */
  readonly waited?: 'key' | 'none' | 'left'
  readonly end?: StreamEnd
  readonly request?: Partial<GatewayRequest>
}

/** Forwards one request with scripted keys, attempts and client. Each attempt advances the clock by one second. */
async function run(script: Script) {
  let now = 0
  let reserved = 0
  let attempts = 0
  const client = new ClientAbort()
  const keyRequests: KeyRequest[] = []
  const answers: (Answer & { discarded: boolean })[] = []
  const reports: AttemptReport[] = []
  const waits: WaitEnd[] = []
  const events: string[] = []
  const { outcomes = ['answered'], noKey, waited = 'none' } = script

  const keys: Keys = {
    reserve(request) {
      keyRequests.push(request)
      reserved += 1
      if (noKey !== undefined && reserved >= noKey.from) return { ok: false, reason: noKey.reason }
      return { ok: true, reservation: reservation(reserved) }
    },
    async wait(_request, { signal }) {
      if (waited === 'left') client.abort()
      signal.throwIfAborted()
      return waited === 'key'
        ? { ok: true, reservation: reservation(99) }
        : { ok: false, reason: { kind: 'all-tried' } }
    },
    settle: (_reservation, { verdict }) => {
      events.push(`settled ${verdict}`)
      return 'ready'
    },
    release: () => {},
  }
  const result = await forward(
    {
      keys,
      async attempt() {
        now += 1000
        const next = outcomes[Math.min(attempts, outcomes.length - 1)] ?? 'answered'
        attempts += 1
        const outcome = typeof next === 'string' ? { verdict: next, status: 200 } : next
        const answer = outcome.status === 0 ? undefined : answerOf(outcome.status)
        if (answer) answers.push(answer)
        return { outcome, answer, firstByteMs: 1 }
      },
      limits: () => ({ ...limits, ...script.limits }),
      observers: [
        {
          attempted: (report) => void reports.push(report),
          waited: (_ms, end) => void waits.push(end),
        },
      ],
      clock: { now: () => now },
    },
    { ...request, ...script.request },
    {
      signal: client,
      async deliver({ status }) {
        events.push(`delivered ${status}`)
        return script.end ?? { kind: 'complete' }
      },
      refuse: ({ kind }) => void events.push(`refused ${kind}`),
      fail: ({ verdict }) => void events.push(`failed ${verdict}`),
    },
  )
  return { result, events, reports, waits, keyRequests, answers }
}

const exhausted: NoKeyReason = { kind: 'exhausted', wakesAt: 500, quotaIds: [] }

describe('a request', () => {
  test('is delivered and reported once when it is answered', async () => {
    const { result, events, reports } = await run({})
    expect(events).toEqual(['settled answered', 'delivered 200'])
    expect(reports.map(({ number, outcome }) => [number, outcome.verdict])).toEqual([
      [1, 'answered'],
    ])
    expect(result).toEqual({ attempts: 1, last: { verdict: 'answered', status: 200 } })
  })

  test('retries with another key when Google refuses one, and does not use that key again', async () => {
    const { events, keyRequests } = await run({
      outcomes: ['key-leaked', 'key-invalid', 'answered'],
    })
    expect(events.at(-1)).toBe('delivered 200')
    expect(keyRequests.map(({ tried }) => [...(tried ?? [])])).toEqual([[], [1], [1, 2]])
  })

  test('for a model that is not found is tried in one other project', async () => {
    const missing = { verdict: 'model-not-found', status: 404 } as const
    const { events, keyRequests, result } = await run({ outcomes: [missing] })
    expect(result.attempts).toBe(2)
    expect(keyRequests[1]?.triedProjects).toEqual(new Set(['p1']))
    expect(events.at(-1)).toBe('delivered 404')
  })

  test('is retried MAX_RETRIES times after transient failures and gives up its conversation’s key', async () => {
    const empty = { verdict: 'answer-empty', status: 200 } as const
    const { result, events, keyRequests } = await run({ outcomes: [empty] })
    expect(result.attempts).toBe(3)
    expect(events.at(-1)).toBe('delivered 200')
    expect(keyRequests.map(({ conversation }) => conversation)).toEqual(['c', undefined, undefined])
  })

  test('that five keys are refused for alike is at fault itself and fails', async () => {
    const { result, events } = await run({ outcomes: [{ verdict: 'key-invalid', status: 400 }] })
    expect(result.attempts).toBe(5)
    expect(events.at(-1)).toBe('failed key-invalid')
  })

  test('switches keys at most MAX_KEY_SWITCHES times', async () => {
    const { result } = await run({ outcomes: ['quota-spent'], limits: { maxKeySwitches: 2 } })
    expect(result.attempts).toBe(3)
  })

  test('makes no attempt after its deadline', async () => {
    const { result } = await run({ outcomes: ['key-leaked'], limits: { timeOutMs: 1500 } })
    expect(result.attempts).toBe(2)
    const patient = await run({ outcomes: ['key-leaked'], request: { patienceMs: 500 } })
    expect(patient.result.attempts).toBe(1)
  })

  test('never delivers Google’s errors about keys', async () => {
    const { events, answers } = await run({
      outcomes: [{ verdict: 'key-invalid', status: 400 }],
      limits: { maxKeySwitches: 0 },
    })
    expect(events).toEqual(['settled key-invalid', 'failed key-invalid'])
    expect(answers.every(({ discarded }) => discarded)).toBe(true)
  })

  test('is reported as cut when the answer breaks off', async () => {
    const { result, reports } = await run({ end: { kind: 'cut', cause: new Error('gone') } })
    expect(result.last).toMatchObject({ verdict: 'stream-cut', message: 'gone' })
    expect(reports[0]?.outcome.verdict).toBe('stream-cut')
  })
})

describe('without a key', () => {
  test('the client is refused with the reason', async () => {
    const { events, result } = await run({ noKey: { from: 1, reason: { kind: 'no-keys' } } })
    expect(events).toEqual(['refused no-keys'])
    expect(result).toEqual({ attempts: 0, last: undefined })
  })

  test('the client gets Google’s last answer if it may see it', async () => {
    const script = { from: 2, reason: { kind: 'all-tried' } } as const
    const overloaded = { verdict: 'model-overloaded', status: 503 } as const
    const { events } = await run({ outcomes: [overloaded], noKey: script })
    expect(events.at(-1)).toBe('delivered 503')
  })

  test('a request waits and is served when a key becomes available', async () => {
    const { events, waits, reports } = await run({
      noKey: { from: 1, reason: exhausted },
      waited: 'key',
    })
    expect(events.at(-1)).toBe('delivered 200')
    expect(waits).toEqual(['served'])
    expect(reports[0]?.reservation.key).toBe(99)
  })

  test('a request that must not wait is refused at once', async () => {
    const { events, waits } = await run({
      noKey: { from: 1, reason: exhausted },
      waited: 'key',
      request: { mayWait: false },
    })
    expect(events).toEqual(['refused exhausted'])
    expect(waits).toEqual([])
  })

  test('a client that disconnects while waiting gets no answer', async () => {
    const { events, waits } = await run({
      noKey: { from: 1, reason: exhausted },
      waited: 'left',
    })
    expect(events).toEqual([])
    expect(waits).toEqual(['left'])
  })
})
