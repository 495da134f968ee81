import { mkdir, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { useTemporaryFolder } from '../../../runtime/testing/temporary-folder.ts'
import { createFolder } from './create-folder.ts'
import { explainSqliteFailure } from './sqlite-failure.ts'

const folder = useTemporaryFolder()

/** What the operator reads. */
async function refusal(path: string): Promise<string> {
  const error: unknown = await createFolder(path).then(
    () => undefined,
    (error: unknown) => error,
  )
  return error === undefined ? 'It was created.' : explainSqliteFailure(join(path, 'a.db'), error)
}

test('a missing folder and those above it are created for their owner only', async () => {
  const path = join(folder(), 'a', 'b', 'c')
  await createFolder(path)
  await createFolder(path)
  expect((await stat(path)).mode & 0o777).toBe(0o700)
  expect((await stat(join(folder(), 'a'))).mode & 0o777).toBe(0o700)
})

test('two programs may create a folder at the same time', async () => {
  const path = join(folder(), 'a', 'b')
  await Promise.all(Array.from({ length: 20 }, () => createFolder(path)))
  expect((await stat(path)).isDirectory()).toBe(true)
})

test('a link to a folder is a folder', async () => {
  await mkdir(join(folder(), 'real'))
  await symlink(join(folder(), 'real'), join(folder(), 'link'))
  await createFolder(join(folder(), 'link'))
  await createFolder(join(folder(), 'link', 'below'))
  expect((await stat(join(folder(), 'real', 'below'))).isDirectory()).toBe(true)
})

test('a file in the place of the folder, or above it, is said', async () => {
  await writeFile(join(folder(), 'file'), '')
  const sentence = 'a file is in the place of its folder. Set DATA_DIR to another folder.'
  expect(await refusal(join(folder(), 'file'))).toContain(sentence)
  expect(await refusal(join(folder(), 'file', 'below', 'it'))).toContain(sentence)
})

test('a link that leads nowhere, or in a circle, and a name that is too long are refused', async () => {
  await symlink(join(folder(), 'missing', 'too'), join(folder(), 'nowhere'))
  await symlink('circle', join(folder(), 'circle'))
  for (const path of ['nowhere', 'nowhere/below', 'circle', 'circle/below', 'n'.repeat(300)]) {
    expect(await refusal(join(folder(), path))).toMatch(/Set DATA_DIR to a (writable|shorter)/)
  }
})

test.runIf(process.platform === 'linux').each(['/proc/nothing', '/proc/self/nothing/below'])(
  'a folder below %s is refused, where the recursive mkdir of Node never ends',
  async (path) => {
    expect(await refusal(path)).toContain('Set DATA_DIR to a writable folder.')
  },
)

test.each([
  ['EACCES', 'this user may not write it.'],
  ['EROFS', 'this user may not write it.'],
  ['ENOSPC', 'the disk is full.'],
  ['EDQUOT', 'the disk quota of this user is used up.'],
  ['SQLITE_FULL', 'the disk is full.'],
  ['SQLITE_IOERR_WRITE', 'the disk does not work, or is full.'],
])('%s is one sentence, and one about what to do', (code, reason) => {
  const sentence = explainSqliteFailure('data/a.db', Object.assign(new Error('x'), { code }))
  expect(sentence).toContain(`The database data/a.db cannot be opened: ${reason}`)
  expect(sentence).toMatch(/Set DATA_DIR|Free some space/)
})
