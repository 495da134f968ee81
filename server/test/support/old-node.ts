import { execFile } from 'node:child_process'
import { access, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** The oldest Node that runs modules. */
const version = '12.22.12'
const runFile = promisify(execFile)
const cache = fileURLToPath(new URL('../../../node_modules/.cache', import.meta.url))

/**
 * An old Node: the one that TEST_OLD_NODE names, or npm's package of it, which is downloaded once. Undefined where neither can be had; with
 * CI=true that fails.
 */
export async function findOldNode(): Promise<string | undefined> {
  const named = process.env['TEST_OLD_NODE']
  if (named !== undefined && named !== '') return named
  const name = `node-${process.platform}-${process.arch}`
  const folder = join(cache, `old-node-${version}`)
  const program = join(folder, 'node_modules', name, 'bin', 'node')
  try {
    await access(program)
  } catch {
    try {
      await install(folder, `${name}@${version}`)
    } catch (error) {
      if (process.env['CI'] === 'true') throw error
      return undefined
    }
  }
  return program
}

async function install(folder: string, what: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), '{"private":true}')
  await runFile('npm', ['install', '--no-audit', '--no-fund', what], { cwd: folder })
}
