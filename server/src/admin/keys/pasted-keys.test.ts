import { expect, test } from 'vitest'
import { readPastedKeys } from './pasted-keys.ts'

const one = `AIza${'Sy-_'.repeat(8)}abc`
const two = `AQ.${'Ab8R'.repeat(12)}`

test.each([
  ['a list', `${one}\n${two}\n`],
  ['a line', `${one},${two}`],
  ['a .env file', `# mine\nAPI_KEYS='["${one}","${two}"]'`],
  ['an address', `https://host/v1?key=${one}&alt=sse x-goog-api-key:${two}`],
  ['prose', `The first is ${one}. The second (${two}) is Anna's...`],
  ['Windows lines', `${one}\r\n\t${two}\r\n`],
])('finds keys in %s', async (_name, text) => {
  expect(await readPastedKeys(text)).toEqual({ values: [one, two], doubles: 0, invalid: 0 })
})

test('counts doubles and what is no key, each apart', async () => {
  const text = [one, one, two, one, one.slice(0, 38), `${one}x`, 'AQ.short', 'sk-'.padEnd(51, 'x')]
  expect(await readPastedKeys(text.join(' '))).toEqual({
    values: [one, two],
    doubles: 2,
    invalid: 4,
  })
})

test('finds none in nothing', async () => {
  expect(await readPastedKeys('')).toEqual({ values: [], doubles: 0, invalid: 0 })
  expect(await readPastedKeys('Dear Anna, no keys today.')).toMatchObject({
    values: [],
    invalid: 0,
  })
})

test('finds fifty thousand', async () => {
  const many = Array.from({ length: 50_000 }, (_, n) => `AIza${String(n).padStart(35, 'Sy-_k')}`)
  expect((await readPastedKeys(many.join('\n'))).values).toHaveLength(50_000)
})
