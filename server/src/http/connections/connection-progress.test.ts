import { expect, test } from 'vitest'
import {
  nextProgress,
  type ConnectionProgress,
  type ConnectionSample,
  type Stall,
} from './connection-progress.ts'

const limits = { requestIdleMs: 60_000, requestMinBytesPerSecond: 2000, responseIdleMs: 120_000 }
const quiet = { isReceiving: false, received: 0, isSending: false, sent: 0 }

/** Plays one sample a second until the connection stalls. */
function play(
  seconds: number,
  sampleAt: (second: number) => Partial<ConnectionSample>,
): Stall | 'open' {
  let progress: ConnectionProgress | undefined
  for (let second = 0; second <= seconds; second += 1) {
    const sample = { ...quiet, at: second * 1000, ...sampleAt(second) }
    const next = nextProgress(progress, sample, limits)
    if (typeof next === 'string') return next
    progress = next
  }
  return 'open'
}

test('a connection that waits for an answer stays open', () => {
  expect(play(3600, () => ({}))).toBe('open')
})

test('a request body that brings nothing for the idle limit is dropped', () => {
  expect(play(59, () => ({ isReceiving: true }))).toBe('open')
  expect(play(60, () => ({ isReceiving: true }))).toBe('idle-request')
})

test('a request body that drips is dropped after one window', () => {
  expect(play(59, (second) => ({ isReceiving: true, received: second }))).toBe('open')
  expect(play(61, (second) => ({ isReceiving: true, received: second }))).toBe('slow-request')
})

test('a slow upload that moves stays open for hours', () => {
  const upload = (second: number) => ({ isReceiving: true, received: second * 3000 })
  expect(play(7200, upload)).toBe('open')
})

test('a reader that takes nothing for the limit is dropped, and one that takes a little is not', () => {
  expect(play(119, () => ({ isSending: true, sent: 5 }))).toBe('open')
  expect(play(120, () => ({ isSending: true, sent: 5 }))).toBe('idle-reader')
  const slow = (second: number) => ({ isSending: true, sent: Math.floor(second / 100) })
  expect(play(3600, slow)).toBe('open')
})

test('the next request of a connection is measured from its own beginning', () => {
  const requests = (second: number) => ({ isReceiving: second % 50 !== 0, received: 7 })
  expect(play(3600, requests)).toBe('open')
})
