// Builds the four packages. Plain JavaScript, because it runs before anything is compiled.
//   node scripts/build.mjs [--if-stale]
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

const packages = ['contract', 'fake-gemini', 'server', 'web']
/** In the build output, so that a copied build starts without the build tools. */
const stampFile = join(root, 'server/dist/.built')
const outputs = [
  'contract/dist/index.js',
  'fake-gemini/dist/cli.js',
  'server/dist/main.js',
  'web/dist/index.html',
]
const compiled = ['contract/dist', 'fake-gemini/dist', 'server/dist']
const rootInputs = ['package-lock.json', 'package.json', 'scripts/build.mjs', 'tsconfig.base.json']
const notInputs = /^(dist|dist-types|node_modules|data|test|testing)$|\.test\.tsx?$|\.tsbuildinfo$/

const extractSchema = ['--conditions=source', 'fake-gemini/scripts/extract-schema.ts', '--if-stale']
const steps = [
  // First, because its output is compiled into the package.
  { folder: '.', tool: 'tsx/dist/cli.mjs', args: extractSchema },
  // --force: after files were moved, an incremental build left some out.
  { folder: '.', tool: 'typescript/bin/tsc', args: ['-b', '--force', ...packages] },
  { folder: 'web', tool: 'vite/bin/vite.js', args: ['build', '--logLevel', 'warn'] },
]

/** Builds everything. Throws an error with one sentence. */
export function build() {
  const missing = steps.find(({ tool }) => !existsSync(join(root, 'node_modules', tool)))
  if (missing) {
    const name = missing.tool.split('/')[0]
    throw new Error(`The build needs ${name}, which is not installed. Run \`npm install\`.`)
  }
  const before = fingerprint()
  for (const folder of compiled) rmSync(join(root, folder), { recursive: true, force: true })
  for (const { folder, tool, args } of steps) {
    const command = [join(root, 'node_modules', tool), ...args]
    const { status } = spawnSync(process.execPath, command, {
      cwd: join(root, folder),
      // Build output goes to stderr, so that stdout has only the output of the started program.
      stdio: ['ignore', 2, 2],
    })
    if (status !== 0) throw new Error(`The build failed in ${tool.split('/')[0]}; see above.`)
  }
  writeFileSync(stampFile, before)
}

/** Builds if output is missing or a source changed since the last build. */
export function buildIfStale() {
  if (isUpToDate()) return
  process.stderr.write('Building…\n')
  build()
}

function isUpToDate() {
  if (!existsSync(stampFile)) return false
  if (!outputs.every((path) => existsSync(join(root, path)))) return false
  return readFileSync(stampFile, 'utf8') === fingerprint()
}

/**
 * Uses contents, not times: a checkout, a copy and an unpacked archive change times, and a deleted file has none. A few hundred
 * small files take about 20 ms.
 */
function fingerprint() {
  const hash = createHash('sha256')
  const files = [...rootInputs, ...packages.flatMap((name) => filesUnder(name))]
  for (const path of files) hash.update(`\0${path}\0`).update(readFileSync(join(root, path)))
  return hash.digest('hex')
}

function filesUnder(folder) {
  const entries = readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !notInputs.test(name))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    return entry.isDirectory() ? filesUnder(path) : [path]
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    if (process.argv.includes('--if-stale')) buildIfStale()
    else build()
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}
