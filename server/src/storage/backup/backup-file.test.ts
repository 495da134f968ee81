import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { StartError } from '../../runtime/start-error.ts'
import { openFile, sealFile } from './backup-file.ts'

const passphrase = 'a passphrase for tests'
const contents = { keys: [{ value: 'AIza-canary' }], note: 'ü' }

test('every JSON value is the same after sealing and opening', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      const { contents: opened } = await openFile(await sealFile(value, passphrase), passphrase)
      expect(JSON.stringify(opened)).toBe(JSON.stringify(value))
    }),
    { numRuns: 10 },
  )
})

test('nothing can be read without the passphrase, and no two files are equal', async () => {
  const [one, other] = [await sealFile(contents, passphrase), await sealFile(contents, passphrase)]
  expect(one.toString('latin1')).not.toContain('canary')
  expect(one.equals(other)).toBe(false)
  await expect(openFile(one, 'another passphrase')).rejects.toThrow('The passphrase is wrong')
})

describe('a changed file is refused', () => {
  test('at whatever byte it differs', async () => {
    const sealed = await sealFile(contents, passphrase)
    for (let at = 0; at < sealed.length; at += 29) {
      const changed = Buffer.from(sealed)
      changed[at] = (changed[at] ?? 0) ^ 1
      await expect(openFile(changed, passphrase)).rejects.toThrow(StartError)
    }
  })

  test('at whatever byte it ends', async () => {
    const sealed = await sealFile(contents, passphrase)
    for (let length = 0; length < sealed.length; length += 41) {
      await expect(openFile(sealed.subarray(0, length), passphrase)).rejects.toThrow(StartError)
    }
  })

  test('when a later version wrote it', async () => {
    const sealed = (await sealFile(contents, passphrase)).toString('latin1')
    const later = Buffer.from(sealed.replace('"version":2', '"version":3'), 'latin1')
    await expect(openFile(later, passphrase)).rejects.toThrow('The backup has format 3')
  })
})
