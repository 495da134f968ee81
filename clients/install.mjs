import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const marker = `${here}node_modules/.installed`

/** Installs the clients, unless this lock is installed. Vitest calls it before the tests of the clients. */
export function setup() {
  const lock = createHash('sha256')
    .update(readFileSync(`${here}package-lock.json`))
    .digest('hex')
  if (installed() === lock) return
  // Their scripts are not needed. npm warns that they want a newer Node: they get one, the package `node-linux-…`.
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  execFileSync('npm', ['ci', ...options], { cwd: here, stdio: ['ignore', 'ignore', 'inherit'] })
  writeFileSync(marker, lock)
}

function installed() {
  try {
    return readFileSync(marker, 'utf8')
  } catch {
    return undefined
  }
}
