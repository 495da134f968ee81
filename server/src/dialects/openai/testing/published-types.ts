import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const { resolve } = createRequire(import.meta.url)
const compiler = join(dirname(resolve('typescript/package.json')), 'bin/tsc')
const published = resolve('openai/resources/chat/completions/completions')

/** Fields that the gateway adds to OpenAI's answers. */
const additions = new Set(['reasoning_content', 'extra_content'])

/** TypeScript's errors when these values are checked against the types that OpenAI publishes. */
export function typeErrorsOf(values: {
  readonly completions: readonly object[]
  readonly chunks: readonly object[]
}): string {
  const folder = mkdtempSync(join(tmpdir(), 'published-types-'))
  try {
    const file = join(folder, 'answers.mts')
    writeFileSync(
      file,
      [
        `import type { ChatCompletion, ChatCompletionChunk } from ${JSON.stringify(published)}`,
        `export const completions: ChatCompletion[] = ${literal(values.completions, additions)}`,
        // OpenAI sends annotations in streams without publishing a type for them.
        `export const chunks: ChatCompletionChunk[] = ${literal(values.chunks, new Set([...additions, 'annotations']))}`,
      ].join('\n'),
    )
    const flags = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext']
    const { stdout, stderr } = spawnSync(process.execPath, [compiler, ...flags, file], {
      cwd: folder,
      encoding: 'utf8',
    })
    return stdout + stderr
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function literal(values: readonly object[], without: ReadonlySet<string>): string {
  const lines = values.map((value) =>
    JSON.stringify(value, (name, inner: unknown) => (without.has(name) ? undefined : inner)),
  )
  return `[\n${lines.join(',\n')}\n]`
}
