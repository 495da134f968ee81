import { describe, expect, test } from 'vitest'
import {
  createSignatureStore,
  dummySignature,
  isSignatureRefusal,
  withFirstCallSigned,
  withoutForeignSignatures,
  type SignatureEntry,
} from './thought-signatures.ts'

const call = (name: string, thoughtSignature?: string) => ({
  functionCall: { name, args: {} },
  ...(thoughtSignature === undefined ? {} : { thoughtSignature }),
})

describe('the store of signatures', () => {
  test('gives back what was kept, to the caller it was kept for', () => {
    const store = createSignatureStore()
    store.keep('ann', 'call_1', 'sig')
    expect(store.find('ann', 'call_1')).toBe('sig')
    expect(store.find('bob', 'call_1')).toBeUndefined()
  })

  test('forgets the oldest when it has too many entries', () => {
    const store = createSignatureStore({ limits: { entries: 2, bytes: 1000 } })
    for (const id of ['1', '2', '3']) store.keep('ann', id, 'sig')
    expect(['1', '2', '3'].map((id) => store.find('ann', id))).toEqual([undefined, 'sig', 'sig'])
  })

  test('forgets the oldest when it holds too many bytes, and never takes what is larger than all of it', () => {
    const store = createSignatureStore({ limits: { entries: 100, bytes: 20 } })
    store.keep('a', '1', 'x'.repeat(10))
    store.keep('a', '2', 'y'.repeat(10))
    store.keep('a', '3', 'z'.repeat(100))
    expect(['1', '2', '3'].map((id) => store.find('a', id))).toEqual([
      undefined,
      'y'.repeat(10),
      undefined,
    ])
  })

  test('tells of everything it keeps, and takes it back', () => {
    const kept: SignatureEntry[] = []
    const store = createSignatureStore({ onKept: (entry) => void kept.push(entry) })
    store.keep('ann', 'call_1', 'sig')
    const next = createSignatureStore({ onKept: () => expect.unreachable() })
    next.restore(kept)
    expect(next.find('ann', 'call_1')).toBe('sig')
  })
})

describe('a missing signature', () => {
  test('is made up for on the first call of a turn only', () => {
    const content = { role: 'model', parts: [{ text: 'hm' }, call('f'), call('g')] } as const
    expect(withFirstCallSigned(content).parts).toEqual([
      { text: 'hm' },
      call('f', dummySignature),
      call('g'),
    ])
  })

  test('is nothing to turns that are signed or call nothing', () => {
    const signed = { role: 'model', parts: [call('f', 'sig'), call('g')] } as const
    const silent = { role: 'model', parts: [{ text: 'hm' }] } as const
    expect(withFirstCallSigned(signed)).toBe(signed)
    expect(withFirstCallSigned(silent)).toBe(silent)
  })
})

describe('a signature that Google cannot read', () => {
  test.each([
    'Corrupted thought signature.',
    'Thought signature is not valid.',
    `Invalid value at 'contents[1].parts[0].thought_signature' (TYPE_BYTES), Base64 decoding failed for "x"`,
  ])('is recognised in %s', (message) => {
    expect(isSignatureRefusal(400, message)).toBe(true)
    expect(isSignatureRefusal(503, message)).toBe(false)
  })

  test('is not seen where there is none', () => {
    expect(isSignatureRefusal(400, 'Please use a valid role: user, model.')).toBe(false)
  })

  test('is replaced, and nothing but signatures changes', () => {
    const repaired = withoutForeignSignatures({
      contents: [
        { role: 'user', parts: [{ text: 'a' }] },
        { role: 'model', parts: [call('f', 'bad'), call('g', 'bad')] },
        { role: 'model', parts: [{ text: 'b', thoughtSignature: 'bad' }] },
      ],
    })
    expect(repaired.contents).toEqual([
      { role: 'user', parts: [{ text: 'a' }] },
      { role: 'model', parts: [call('f', dummySignature), call('g')] },
      { role: 'model', parts: [{ text: 'b' }] },
    ])
  })
})
