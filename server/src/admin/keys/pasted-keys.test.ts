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
  const { values, ...others } = await readPastedKeys(text)
  expect([...values.keys()]).toEqual([one, two])
  expect(others).toEqual({ doubles: 0, invalid: 0, rejected: [] })
})

test('counts doubles and what is no key, each apart', async () => {
  const text = [one, one, two, one, one.slice(0, 38), `${one}x`, 'AQ.short', 'sk-'.padEnd(51, 'x')]
  const { values, doubles, invalid } = await readPastedKeys(text.join(' '))
  expect([[...values.keys()], doubles, invalid]).toEqual([[one, two], 2, 4])
})

test('names what is not imported by line, masked, with the reason', async () => {
  const text = [
    one,
    '',
    `${one} ${two}`,
    one.slice(0, 30),
    `${one}x`,
    'AQ.short',
    'sk-'.padEnd(51, 'x'),
    `AIza${'Sy-_'.repeat(8)}.bc`,
  ].join('\r\n')
  const { rejected } = await readPastedKeys(text)
  expect(rejected).toEqual([
    { line: 3, key: '…_abc', why: 'double' },
    { line: 4, key: '…-_Sy', why: 'too-short' },
    { line: 5, key: '…abcx', why: 'too-long' },
    { line: 6, key: '…', why: 'too-short' },
    { line: 7, key: '…xxxx', why: 'no-key' },
    { line: 8, key: '…_.bc', why: 'no-key' },
  ])
})

test('names the first hundred of any number', async () => {
  const { rejected, invalid } = await readPastedKeys('AIza \n'.repeat(20_000))
  expect([rejected.length, rejected.at(-1)?.line, invalid]).toEqual([100, 100, 20_000])
})

test('finds none in nothing', async () => {
  for (const text of ['', 'Dear Anna, no keys today.']) {
    expect(await readPastedKeys(text)).toEqual({
      values: new Map(),
      doubles: 0,
      invalid: 0,
      rejected: [],
    })
  }
})

test('finds fifty thousand', async () => {
  const many = Array.from({ length: 50_000 }, (_, n) => `AIza${String(n).padStart(35, 'Sy-_k')}`)
  expect((await readPastedKeys(many.join('\n'))).values.size).toBe(50_000)
})
