import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'

/** One import of a source file by another. */
export type Import = {
  /** Below `server/src`, with slashes. */
  readonly from: string
  readonly to: string
  readonly names: readonly string[]
}

const isSource = (file: string): boolean =>
  file.endsWith('.ts') && !file.endsWith('.test.ts') && !/(^|\/)testing\//.test(file)

/** The source files below a folder, tests left out. */
export function listSources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => file.split(sep).join('/'))
    .filter(isSource)
    .toSorted()
}

const statement =
  /(?:import|export)\s+(?:type\s+)?(\{[^}]*\}|\*(?:\s+as\s+\w+)?|\w+)?\s*(?:from\s+)?'(\.[^']+)'|import\('(\.[^']+)'\)/g

/** All imports between the files, type imports too. */
export function readImports(folder: string, files: readonly string[]): Import[] {
  const known = new Set(files)
  return files.flatMap((from) => {
    const text = readFileSync(join(folder, from), 'utf8')
    return [...text.matchAll(statement)].flatMap(([, clause = '', path, dynamic]) => {
      const target = path ?? dynamic ?? ''
      const to = relative('.', join(dirname(from), target))
        .split(sep)
        .join('/')
      return known.has(to) ? [{ from, to, names: namesIn(clause) }] : []
    })
  })
}

function namesIn(clause: string): string[] {
  if (!clause.startsWith('{')) return clause === '' ? [] : [clause]
  return clause
    .slice(1, -1)
    .split(',')
    .map((name) =>
      name
        .trim()
        .replace(/^type /, '')
        .replace(/ as .*/, ''),
    )
    .filter((name) => name !== '')
}
