import { existsSync, readFileSync } from 'node:fs'

/** Recorded traffic beside the repository; absent on most machines. */
const folder = new URL('../../../../../shared/recorded/', import.meta.url)

/** A recording's lines, each a JSON text; undefined where there is no recording. */
export function recordedLines(name: string): string[] | undefined {
  const file = new URL(name, folder)
  if (!existsSync(file)) return undefined
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
}

export function readRecording(name: string): Record<string, unknown>[] | undefined {
  return recordedLines(name)?.map((line) => JSON.parse(line))
}
