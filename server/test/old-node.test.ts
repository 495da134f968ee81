import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { nodeProblem } from '../require-node.cjs'
import { useTemporaryFolder } from '../src/runtime/testing/temporary-folder.ts'
import { findOldNode } from './support/old-node.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = useTemporaryFolder()
const packageFile: { scripts: Record<string, string> } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
)
const oldNode = await findOldNode()
if (oldNode === undefined) process.stderr.write('No old Node: its tests are skipped.\n')

const problem =
  /^This is Node 12\.\d+\.\d+, and Gemini Balance needs 20\.19 or newer: install it from https:\/\/nodejs\.org and start again\.\n$/

function run(args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(oldNode ?? '', args, { cwd: root, encoding: 'utf8' })
  return { status, printed: stdout + stderr }
}

test('the lowest Node is that of package.json', () => {
  expect(packageFile).toMatchObject({ engines: { node: '>=20.19' } })
  expect(nodeProblem('18.0.0')).toContain('needs 20.19 or newer')
})

test.each(['4.9.1', '18.20.8', '19.99.0', '20.0.0', '20.9.0', '20.18.3'])(
  'Node %s is too old',
  (version) => {
    expect(nodeProblem(version)).toContain(`This is Node ${version}, `)
  },
)

test.each([
  '20.19.0',
  '20.20.2',
  '21.0.0',
  '22.0.0',
  '26.12.1',
  '100.0.0',
  '23.0.0-nightly20260101',
])('Node %s will do', (version) => {
  expect(nodeProblem(version)).toBeUndefined()
})

test.skipIf(oldNode === undefined).each(['start', 'demo', 'build'])(
  'npm run %s says in one sentence that Node is too old, and ends with 1',
  (name) => {
    const [program, ...args] = packageFile.scripts[name]?.split(' ') ?? []
    expect(program).toBe('node')
    const { status, printed } = run(args)
    expect(printed).toMatch(problem)
    expect(status).toBe(1)
  },
  60_000,
)

test.skipIf(oldNode === undefined)(
  'the program itself says it too, before it reads anything that is new',
  () => {
    // As it is built: the file has no types to remove.
    mkdirSync(join(folder(), 'dist'))
    copyFileSync(join(root, 'server/require-node.cjs'), join(folder(), 'require-node.cjs'))
    copyFileSync(join(root, 'server/src/main.ts'), join(folder(), 'dist/main.js'))
    writeFileSync(join(folder(), 'package.json'), '{"type":"module"}')
    const { status, printed } = run([join(folder(), 'dist/main.js')])
    expect(printed).toMatch(problem)
    expect(status).toBe(1)
  },
  60_000,
)
