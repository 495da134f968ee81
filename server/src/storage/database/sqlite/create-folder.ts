import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

const mode = 0o700

/** Creates a folder and those above it. Below /proc, Node's own way to do so never ends. */
export async function createFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode })
  } catch (error) {
    const code = codeOf(error)
    if (code === 'EEXIST') return refuseFile(path)
    const above = dirname(path)
    if (code !== 'ENOENT' || above === path) throw error
    await createFolder(above)
    await mkdir(path, { mode }).catch((later: unknown) => {
      // Another process may have created it meanwhile.
      if (codeOf(later) !== 'EEXIST') throw later
    })
  }
}

async function refuseFile(path: string): Promise<void> {
  if ((await stat(path)).isDirectory()) return
  throw Object.assign(new Error(`${path} is no folder.`), { code: 'ENOTDIR' })
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
