import { expect, test } from 'vitest'
import { createSignatures, type SignatureEntry } from './signatures.ts'

test('a kept signature is found by its caller only', () => {
  const signatures = createSignatures()
  signatures.keep('ann', 'call_1', 'sig')
  expect(signatures.find('ann', 'call_1')).toBe('sig')
  expect(signatures.find('bob', 'call_1')).toBeUndefined()
})

test('with too many entries, the oldest are forgotten', () => {
  const signatures = createSignatures({ limits: { entries: 2, bytes: 1000 } })
  for (const id of ['1', '2', '3']) signatures.keep('ann', id, 'sig')
  expect(['1', '2', '3'].map((id) => signatures.find('ann', id))).toEqual([undefined, 'sig', 'sig'])
})

test('with too many bytes, the oldest are forgotten; an entry larger than the limit is never kept', () => {
  const signatures = createSignatures({ limits: { entries: 100, bytes: 20 } })
  signatures.keep('a', '1', 'x'.repeat(10))
  signatures.keep('a', '2', 'y'.repeat(10))
  signatures.keep('a', '3', 'z'.repeat(100))
  expect(['1', '2', '3'].map((id) => signatures.find('a', id))).toEqual([
    undefined,
    'y'.repeat(10),
    undefined,
  ])
})

test('every kept entry is reported, and can be restored', () => {
  const kept: SignatureEntry[] = []
  const signatures = createSignatures({ onKept: (entry) => void kept.push(entry) })
  signatures.keep('ann', 'call_1', 'sig')
  const next = createSignatures({ onKept: () => expect.unreachable() })
  next.restore(kept)
  expect(next.find('ann', 'call_1')).toBe('sig')
})
