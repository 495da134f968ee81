import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

test('the extracted schema matches the installed protos', () => {
  const script = fileURLToPath(new URL('../../scripts/extract-schema.ts', import.meta.url))
  const check = () => execFileSync(process.execPath, ['--import', 'tsx', script, '--check'])
  expect(check).not.toThrow()
})
