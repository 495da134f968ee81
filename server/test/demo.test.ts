import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const demo = fileURLToPath(new URL('../../scripts/demo.mjs', import.meta.url))

/** Ends the demo once it says what `until` waits for. */
async function runDemo(port: string, until = /never/) {
  const child = spawn(process.execPath, [demo], { env: { ...process.env, PORT: port } })
  let printed = ''
  const hear = (chunk: Buffer) => {
    printed += chunk.toString()
    if (!child.killed && until.test(printed)) child.kill('SIGTERM')
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const [code] = await once(child, 'close')
  return { code, printed }
}

async function openPort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return { port: typeof address === 'object' ? String(address?.port) : '', server }
}

test('the demo listens on PORT', async () => {
  const { port, server } = await openPort()
  server.close()
  const { code, printed } = await runDemo(port, /Gemini Balance at/)
  expect(printed).toContain(`Gemini Balance at http://127.0.0.1:${port}, token "demo"`)
  expect(code).toBe(0)
}, 180_000)

test('a PORT that is taken ends the demo with one sentence, and one about what to do', async () => {
  const { port, server } = await openPort()
  const { code, printed } = await runDemo(port)
  server.close()
  expect(printed).toBe(
    `Port ${port} cannot be used: it is taken or reserved. Set PORT to a free one.\n`,
  )
  expect(code).toBe(1)
}, 60_000)

test.each(['abc', '-1', '65536', '80.5', '8000 '])(
  'PORT=%s is refused',
  async (port) => {
    const { code, printed } = await runDemo(port)
    expect(printed).toBe('PORT must be a whole number from 0 to 65535.\n')
    expect(code).toBe(1)
  },
  60_000,
)
