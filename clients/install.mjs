import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const marker = `${here}node_modules/.installed`

/** Vitest calls it before the tests of the clients: installs them, unless this lock is installed, and tells the tests their Node. */
export function setup({ provide }) {
  const lock = createHash('sha256')
    .update(readFileSync(`${here}package-lock.json`))
    .digest('hex')
  if (installed() !== lock) install(lock)
  provide('clientsNode', newerNode())
}

function installed() {
  try {
    return readFileSync(marker, 'utf8')
  } catch {
    return undefined
  }
}

function install(lock) {
  // Their scripts are not needed. npm would warn that they want a newer Node, which is one of the packages.
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  execFileSync('npm', ['ci', ...options], { cwd: here, stdio: ['ignore', 'ignore', 'inherit'] })
  writeFileSync(marker, lock)
}

/** The Node of the packages, where there is one for this platform. */
function newerNode() {
  const path = `${here}node_modules/node-${process.platform}-${process.arch}/bin/node`
  if (existsSync(path)) return path
  if (Number(process.versions.node.split('.')[0]) >= 22) return process.execPath
  throw new Error('The newest clients need Node 22. Run their tests with it, or on Linux.')
}
