import { existsSync, readFileSync } from 'node:fs'

/** Real traffic, recorded elsewhere and laid beside the repository; absent on most machines. */
const folder = new URL('../../../../../../shared/recorded/', import.meta.url)

export function readRecording(name: string): Record<string, unknown>[] | undefined {
  const file = new URL(name, folder)
  if (!existsSync(file)) return undefined
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}
