import { startProgram } from './program.ts'

export type Ended = {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Both, as they came. */
  readonly printed: string
}

/** Runs the program as a person does; ends it once it prints what `until` waits for. */
export function runProgram(
  folder: string,
  variables: Readonly<Record<string, string>>,
  until: RegExp | ((printed: string) => boolean) = /listens on/,
): Promise<Ended> {
  const child = startProgram(folder, variables)
  const isSeen = typeof until === 'function' ? until : (text: string) => until.test(text)
  const said = { stdout: '', stderr: '', printed: '' }
  const hear = (from: 'stdout' | 'stderr') => (chunk: Buffer) => {
    said[from] += chunk.toString()
    said.printed += chunk.toString()
    // Once: a second signal would end it at once.
    if (!child.killed && isSeen(said.printed)) child.kill('SIGTERM')
  }
  child.stdout.on('data', hear('stdout'))
  child.stderr.on('data', hear('stderr'))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...said })))
}
