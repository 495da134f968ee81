import { describe, expect, test } from 'vitest'
import { makeSeal, openSeal } from './seal-record.ts'
import { createSealedBox, plainBox, SealBroken } from './secret-box.ts'

const salt = Buffer.alloc(16, 1)
const box = await createSealedBox('a long enough passphrase', salt)
const secret = 'AIzaSyCanaryCanaryCanaryCanaryCanary0042'

describe('a sealed secret', () => {
  test('opens again, reveals nothing, and is different each time', () => {
    const sealed = box.seal(secret)
    expect(box.open(sealed)).toBe(secret)
    expect(Buffer.from(sealed.slice(5), 'base64').toString('latin1')).not.toContain('anary')
    expect(box.seal(secret)).not.toBe(sealed)
    expect(box.open(box.seal('✓ –'))).toBe('✓ –')
    expect(box.open(box.seal(''))).toBe('')
  })

  test('that was changed, cut or sealed with another key does not open', async () => {
    const sealed = box.seal(secret)
    const bytes = Buffer.from(sealed.slice(5), 'base64')
    bytes[20] = (bytes[20] ?? 0) ^ 1
    const changed = `gcm1:${bytes.toString('base64')}`
    for (const bad of [changed, sealed.slice(0, 20), secret, '', 'gcm1:'])
      expect(() => box.open(bad)).toThrow(SealBroken)
    const other = await createSealedBox('another long passphrase', salt)
    expect(() => other.open(sealed)).toThrow(SealBroken)
    const salted = await createSealedBox('a long enough passphrase', Buffer.alloc(16, 2))
    expect(() => salted.open(sealed)).toThrow(SealBroken)
  })
})

test('a fingerprint is equal for equal secrets, and differs by encryption key', async () => {
  const same = await createSealedBox('a long enough passphrase', salt)
  const other = await createSealedBox('another long passphrase', salt)
  expect(box.fingerprint(secret)).toBe(same.fingerprint(secret))
  const all = [box, other, plainBox].map(({ fingerprint }) => fingerprint(secret))
  expect(new Set(all).size).toBe(3)
  for (const one of all) expect(one).toMatch(/^[\da-f]{64}$/)
})

test('a record opens with its own encryption key only', async () => {
  const { box: made, record } = await makeSeal('a long enough passphrase')
  const opened = await openSeal(record, 'a long enough passphrase')
  expect(opened?.open(made.seal(secret))).toBe(secret)
  expect(await openSeal(record, 'another long passphrase')).toBeUndefined()
  expect(record).not.toContain('passphrase')
})
