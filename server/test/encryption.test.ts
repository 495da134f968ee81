import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { useTemporaryFolder } from '../src/runtime/testing/temporary-folder.ts'
import { runCommand } from '../src/app/commands/commands.ts'
import { StartError } from '../src/runtime/start-error.ts'
import {
  clientToken,
  generate,
  healthyProjects,
  keyNumber,
  startGateway,
} from './support/gateway.ts'

const passphrase = 'canary passphrase one'
const another = 'canary passphrase two'
const dataDir = useTemporaryFolder()

const projects = healthyProjects(3)
const open = (encryptionKey: string | undefined, settings: Record<string, string> = {}) =>
  startGateway({
    fake: { projects },
    dataDir: dataDir(),
    settings: { ...settings, ...(encryptionKey && { ENCRYPTION_KEY: encryptionKey }) },
  })

async function runOnce(encryptionKey?: string, settings?: Record<string, string>): Promise<void> {
  const gateway = await open(encryptionKey, settings)
  expect((await generate(gateway, 'x')).status).toBe(200)
  await gateway.close()
}

async function command(words: string, encryptionKey?: string, newKey?: string): Promise<string> {
  const printed: string[] = []
  await runCommand(words.split(' '), {
    environment: { DATA_DIR: dataDir(), ...(encryptionKey && { ENCRYPTION_KEY: encryptionKey }) },
    variable: (name) => (name === 'NEW_ENCRYPTION_KEY' ? newKey : undefined),
    print: (line) => void printed.push(line),
  })
  return printed.join('\n')
}

/** All files of the data folder. */
async function onDisk(): Promise<string> {
  const files = await readdir(dataDir())
  const contents = await Promise.all(files.map((file) => readFile(join(dataDir(), file), 'latin1')))
  return contents.join('\n')
}

const secrets = [keyNumber(0), keyNumber(1), clientToken, 'admin-token-for-tests']

describe('a new database with ENCRYPTION_KEY', () => {
  test('has no secret on the disk, and works after a restart', async () => {
    await runOnce(passphrase)
    await runOnce(passphrase)
    const disk = await onDisk()
    for (const secret of [...secrets, 'canary']) expect(disk).not.toContain(secret)
  })

  test.each([
    ['without ENCRYPTION_KEY', undefined, 'are encrypted: set ENCRYPTION_KEY'],
    ['with another ENCRYPTION_KEY', another, 'is not what the keys in the database were encrypted'],
  ])('does not start %s, and is left as it is', async (_name, encryptionKey, sentence) => {
    await runOnce(passphrase)
    const start = open(encryptionKey)
    await expect(start).rejects.toThrow(StartError)
    await expect(start).rejects.toThrow(sentence)
    await runOnce(passphrase)
  })
})

describe('a database in use', () => {
  test('is encrypted by a command, never by a start', async () => {
    await runOnce()
    expect(await onDisk()).toContain(keyNumber(0))
    await expect(open(passphrase)).rejects.toThrow('run `npm start -- keys encrypt` first')
    expect(await command('keys encrypt', passphrase)).toBe(
      'Encrypted: 3 keys and the secret settings.',
    )
    const disk = await onDisk()
    for (const secret of secrets) expect(disk).not.toContain(secret)
    await runOnce(passphrase)
  })

  test('is encrypted with another key, and decrypted, without losing anything', async () => {
    await runOnce(passphrase)
    await command('keys rekey', passphrase, another)
    await expect(open(passphrase)).rejects.toThrow('is not what the keys')
    await runOnce(another)
    await command('keys decrypt', another)
    const gateway = await open(undefined)
    const rows = await gateway.program.storage.keys.all()
    expect(rows.map(({ secret }) => secret.reveal())).toEqual([0, 1, 2].map(keyNumber))
    expect(gateway.program.settings.current().allowedTokens).toEqual([clientToken])
    await gateway.close()
  })

  test('is not changed while a gateway runs', async () => {
    const gateway = await open(undefined)
    await expect(command('keys encrypt', passphrase)).rejects.toThrow('stop it first')
    await gateway.close()
    await command('keys encrypt', passphrase)
  })

  test.each([
    ['keys encrypt', undefined, 'Set ENCRYPTION_KEY.'],
    ['keys decrypt', passphrase, 'The database is not encrypted.'],
    ['keys rekey', passphrase, 'The database is not encrypted.'],
    ['keys burn', passphrase, 'There is no command keys burn.'],
  ])('%s says why it fails', async (words, encryptionKey, sentence) => {
    await runOnce()
    await expect(command(words, encryptionKey)).rejects.toThrow(sentence)
    await runOnce()
  })

  test('is not encrypted with another key unless that key is set', async () => {
    await runOnce(passphrase)
    await expect(command('keys rekey', passphrase)).rejects.toThrow('Set NEW_ENCRYPTION_KEY.')
    await expect(command('keys rekey', passphrase, 'short')).rejects.toThrow('16 characters')
    await runOnce(passphrase)
  })
})
