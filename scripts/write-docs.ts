// Generates pages, lint rules and tables from code. `--check` writes nothing and fails if a file is out of date.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { environmentExample, settingsPage } from '../server/src/settings/settings-doc.ts'
import { errorsPage } from './errors-page.ts'
import { lintRules } from './rooms/write-lint.ts'
import { roomsTable } from './rooms/write-table.ts'
import { verdictsPage } from './verdicts-page.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

const pages: readonly { file: string; make: () => string }[] = [
  { file: '.env.example', make: environmentExample },
  { file: 'docs/settings.md', make: settingsPage },
  { file: 'docs/errors.md', make: errorsPage },
  { file: 'docs/verdicts.md', make: verdictsPage },
  { file: '.oxlintrc.json', make: () => lintRules(`${root}.oxlintrc.json`) },
  { file: 'ARCHITECTURE.md', make: () => roomsTable(`${root}ARCHITECTURE.md`) },
]

/** Formatted as by `npm run format`. */
function formatted(file: string, text: string): string {
  if (!/\.(md|json)$/.test(file)) return text
  const oxfmt = [`${root}node_modules/oxfmt/bin/oxfmt`, `--stdin-filepath=${file}`]
  const { status, stdout, stderr } = spawnSync(process.execPath, oxfmt, {
    cwd: root,
    input: text,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`oxfmt cannot format ${file}: ${stderr}`)
  return stdout
}

const isCheck = process.argv.includes('--check')

for (const { file, make } of pages) {
  const text = formatted(file, make())
  const path = root + file
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue
  if (isCheck) {
    console.error(`${file} is not what the code says. Run \`npm run docs\`.`)
    process.exitCode = 1
  } else {
    writeFileSync(path, text)
    console.log(`Wrote ${file}.`)
  }
}
