import { describe, expect, test } from 'vitest'
import {
  dummySignature,
  isSignatureRefusal,
  withFirstCallSigned,
  withoutForeignSignatures,
} from './thought-signatures.ts'

const call = (name: string, thoughtSignature?: string) => ({
  functionCall: { name, args: {} },
  ...(thoughtSignature === undefined ? {} : { thoughtSignature }),
})

describe('a missing signature', () => {
  test('is added to the first call of a turn only', () => {
    const content = { role: 'model', parts: [{ text: 'hm' }, call('f'), call('g')] } as const
    expect(withFirstCallSigned(content).parts).toEqual([
      { text: 'hm' },
      call('f', dummySignature),
      call('g'),
    ])
  })

  test('is not added to signed turns and turns without calls', () => {
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

  test('is not recognised in other errors', () => {
    expect(isSignatureRefusal(400, 'Please use a valid role: user, model.')).toBe(false)
  })

  test('is replaced, and nothing else changes', () => {
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
