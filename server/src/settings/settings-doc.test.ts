import { parseEnv } from 'node:util'
import { readSettings, settingEntries } from '@gemini-balance/contract'
import { expect, test } from 'vitest'
import { environmentExample, settingsPage } from './settings-doc.ts'

test('the page has one row for every setting', () => {
  const rows = settingsPage()
    .split('\n')
    .filter((line) => line.startsWith('| `'))
  expect(rows).toHaveLength(settingEntries.length)
  expect(new Set(rows.map((row) => row.split('`')[1]))).toEqual(
    new Set(settingEntries.map(({ env }) => env)),
  )
  for (const row of rows) expect(row.split(' | ')).toHaveLength(4)
})

test('the page says which settings only a start reads', () => {
  const page = settingsPage()
  expect(page).toMatch(/\| `PORT` \|.*\*start\*/)
  expect(page).not.toMatch(/\| `MAX_RETRIES` \|.*\*start\*/)
})

test('the example, with everything uncommented, is the defaults', () => {
  const uncommented = environmentExample().replaceAll(/^#(?=[A-Z_]+=)/gm, '')
  const written = Object.entries(parseEnv(uncommented)).filter(([, value]) => value !== '')
  expect(readSettings(Object.fromEntries(written))).toEqual(readSettings({}))
  expect(Object.keys(parseEnv(uncommented))).toHaveLength(settingEntries.length)
})

test('the example as it stands sets nothing', () => {
  expect(parseEnv(environmentExample())).toEqual({})
})
