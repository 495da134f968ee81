import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { settingEntries } from '@gemini-balance/contract'
import { startFakeGemini } from '@gemini-balance/fake-gemini'
import { describe, expect, test } from 'vitest'
import { useTemporaryFolder } from '../src/runtime/testing/temporary-folder.ts'
import { leaksOf } from './support/leaks.ts'
import { startProgram } from './support/program.ts'
import { runProgram } from './support/run-program.ts'

const timeoutMs = 90_000
const folder = useTemporaryFolder()

const writeEnv = (...lines: string[]) => writeFileSync(join(folder(), '.env'), lines.join('\n'))

/** The sentences of the log and of the start. */
const sentencesOf = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line): string => JSON.parse(line).msg)

describe('the .env of the Python program', () => {
  const original = fileURLToPath(new URL('../../../shared/original/env', import.meta.url))
  const text = existsSync(original) ? readFileSync(original, 'utf8') : ''
  const rows = text
    .split('\n')
    .filter((line) => line.includes('='))
    .map((line): [string, string] => {
      const at = line.indexOf('=')
      return [line.slice(0, at), line.slice(at + 1)]
    })
  const values = new Map(rows)
  const listOf = (name: string): string[] => JSON.parse(values.get(name) ?? '[]')

  test.skipIf(text === '')(
    'starts the gateway as it is, and each of its variables is used or named',
    async () => {
      const keys = listOf('API_KEYS')
      const fake = await startFakeGemini({ projects: [{ id: 'p', tier: 'paid1', keys }] })
      copyFileSync(original, join(folder(), '.env'))
      const child = startProgram(folder(), { BASE_URL: `${fake.url}/v1beta` })
      const said = { text: '' }
      const hear = (chunk: Buffer) => void (said.text += chunk.toString())
      child.stdout.on('data', hear)
      child.stderr.on('data', hear)
      const ended = new Promise((resolve) => child.on('close', resolve))
      try {
        await expect.poll(() => said.text, { timeout: 60_000 }).toContain('Models: ')
        const url = /listens on (\S+?),/.exec(said.text)?.[1] ?? ''
        const [token = ''] = listOf('ALLOWED_TOKENS')
        const answer = await fetch(`${url}/v1/chat/completions`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify({
            model: 'gemini-3.8-flash',
            messages: [{ role: 'user', content: 'Hello' }],
          }),
        })
        expect(answer.status).toBe(200)
      } finally {
        child.kill('SIGTERM')
        await ended
        await fake.close()
      }
      const settings = new Set(settingEntries.map(({ env }) => env))
      expect(rows.length).toBeGreaterThan(80)
      for (const [name] of rows) {
        expect([name, settings.has(name) || said.text.includes(name)]).toEqual([name, true])
      }
      expect(said.text).toContain(`with ${keys.length} of ${keys.length} keys ready`)
      expect(said.text).toContain('DATABASE_TYPE is sqlite, so the MYSQL_ settings are not used.')
      const secrets = [...values].filter(([name]) => /PASSWORD|AUTH|SECRET|_KEY$/.test(name))
      expect(leaksOf(Object.fromEntries(secrets), said.text)).toEqual([])
    },
    timeoutMs,
  )
})

test(
  'each line of .env is read as meant, or named in a sentence, and the gateway starts',
  async () => {
    writeEnv(
      '\uFEFFexport MAX_RETRIES="2" # remark\r',
      String.raw`API_KEYS="[\"AIzaSyExampleKeyNotReal0000000000000001\",\"AIzaSyExampleKeyNotReal0000000000000002\"]"`,
      'a line of words',
      'ALOWED_TOKENS=canary-one',
      'ALLOWED_TOKENS="canary-two',
      'SOMETHING_ELSE=canary-three',
      'TIME_OUT=100',
      'TIME_OUT=200',
    )
    const { code, stdout } = await runProgram(
      folder(),
      { BASE_URL: 'http://127.0.0.1:1/v1beta', MAX_RETRYS: '3' },
      /Models/,
    )
    expect(code).toBe(0)
    const sentences = sentencesOf(stdout)
    expect(sentences).toEqual(
      expect.arrayContaining([
        'Line 3 of .env is no assignment (NAME=value) and is not used.',
        'Line 5 of .env has a quote that is not closed.',
        'Line 7 of .env: TIME_OUT is set again in line 8, which counts.',
        'Line 4 of .env: ALOWED_TOKENS is not a setting. Did you mean ALLOWED_TOKENS?',
        'These names of .env are no settings and are not used: SOMETHING_ELSE (line 6).',
        'MAX_RETRYS is not a setting. Did you mean MAX_RETRIES?',
      ]),
    )
    expect(stdout).toContain('with 2 of 2 keys ready')
    expect(stdout).not.toMatch(/canary-(one|two|three)/)
  },
  timeoutMs,
)

test(
  'a value of .env that cannot be used is refused with its line, after what else is odd',
  async () => {
    writeEnv('# a remark', 'MAX_RETRYS=canary', 'MAX_RETRIES=canary')
    const { code, stdout, stderr } = await runProgram(folder(), {})
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr.trimEnd().split('\n')).toEqual([
      'Line 2 of .env: MAX_RETRYS is not a setting. Did you mean MAX_RETRIES?',
      'The settings cannot be used.',
      'MAX_RETRIES must be a whole number from 0 to 10. It is in line 3 of .env.',
    ])
  },
  timeoutMs,
)

test(
  'where the output is no terminal, every line is JSON, whatever LOG_LEVEL is',
  async () => {
    const { stdout } = await runProgram(folder(), { LOG_LEVEL: 'error' }, /Database/)
    for (const line of stdout.trimEnd().split('\n')) {
      expect(JSON.parse(line)).toMatchObject({ level: 'info', msg: expect.any(String) })
    }
    expect(sentencesOf(stdout)).toContain('Stopping: open requests may finish.')
  },
  timeoutMs,
)

test(
  'LOG_FORMAT=text is for eyes, and a network that is out names host and cause',
  async () => {
    const { stdout } = await runProgram(
      folder(),
      {
        LOG_FORMAT: 'text',
        BASE_URL: 'http://127.0.0.1:1/v1beta',
        API_KEYS: 'AIzaSyExampleKeyNotReal0000000000000001',
      },
      (printed) => printed.includes('Models') && printed.includes('Cannot reach'),
    )
    expect(stdout).toMatch(
      /^WARN {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d Cannot reach 127\.0\.0\.1:1: connection refused\. Calls are tried again in \d+ s\.$/m,
    )
    expect(stdout).toMatch(
      /^Gemini Balance \S+ listens on http:\/\/\S+, with 1 of 1 keys ready\.$/m,
    )
    expect(stdout).toMatch(/^ {2}Keys {6}1 can serve now\.$/m)
    expect(stdout).toMatch(
      /^ {2}Models {4}not known yet\. .*(?:connection refused|Google cannot be reached)\.$/m,
    )
    expect(stdout).not.toContain('    at ')
    expect(stdout).not.toContain('\u001b')
  },
  timeoutMs,
)

test.runIf(process.platform === 'linux')(
  'a data folder below /proc is refused at once',
  async () => {
    const { code, printed } = await runProgram(folder(), { DATA_DIR: '/proc/nothing' })
    expect(code).toBe(1)
    expect(printed.trim()).toBe(
      'The database /proc/nothing/gemini-balance.db cannot be opened: its folder cannot be created. Set DATA_DIR to a writable folder.',
    )
  },
  timeoutMs,
)
