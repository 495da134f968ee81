import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const tsx = import.meta.resolve?.('tsx') ?? 'tsx'

/** Starts the program with these variables, on a free port, with this folder for its data. */
export function startProgram(
  folder: string,
  variables: Readonly<Record<string, string>>,
  nodeOptions: readonly string[] = [],
): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [...nodeOptions, '--conditions=source', '--import', tsx, main], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIR: folder,
      ...variables,
    },
  })
}
