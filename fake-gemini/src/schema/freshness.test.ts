import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

test('the condensed schema is what the installed protos say', () => {
  const script = fileURLToPath(new URL('../../scripts/condense-protos.ts', import.meta.url))
  const check = () => execFileSync(process.execPath, ['--import', 'tsx', script, '--check'])
  expect(check).not.toThrow()
})
