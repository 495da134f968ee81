import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'

/** Gives each test of the file a new folder, and deletes it after the test. */
export function useTemporaryFolder(): () => string {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gemini-balance-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))
  return () => folder
}
