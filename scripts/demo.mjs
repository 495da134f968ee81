// `npm run demo`: the gateway with demo keys in front of a fake Gemini.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { buildIfStale, root } from './build.mjs'
import { demoText } from './demo-text.mjs'

const host = '127.0.0.1'
const usualPort = 8000
const token = 'demo'
const model = 'gemini-3.8-flash'
const readyTimeoutMs = 20_000
const watchEveryMs = 250
const mostKeptOutput = 8_000

const keys = ['dead', 'exhausted', 'good', 'good'].map((state, index) => ({
  value: `AQ.Demo-${state}-${index + 1}`.padEnd(53, 'x'),
  state,
  name: `key ${index + 1}`,
}))
const valuesOf = (state) => keys.filter((key) => key.state === state).map(({ value }) => value)

async function startFake() {
  const { startFakeGemini } = await import('../fake-gemini/dist/index.js')
  const dead = valuesOf('dead').map((value) => ({ value, state: 'invalid' }))
  const fake = await startFakeGemini({
    host,
    latencyMs: 150,
    recording: 'headers',
    projects: [
      { id: 'demo-good', keys: valuesOf('good') },
      { id: 'demo-dead', keys: dead },
      { id: 'demo-exhausted', keys: valuesOf('exhausted'), quotas: { '*': { rpd: 1 } } },
    ],
  })
  // Uses the only request of the day.
  for (const value of valuesOf('exhausted')) {
    await fetch(`${fake.url}/v1beta/models/${model}:generateContent`, {
      method: 'POST',
      headers: { 'x-goog-api-key': value, 'Content-Type': 'application/json' },
      body: '{"contents":[{"parts":[{"text":"Hello"}]}]}',
    })
  }
  fake.clearReceived()
  return fake
}

function startGateway({ fake, folder, port }) {
  const { PATH, HOME, TMPDIR, SystemRoot } = process.env
  const gateway = spawn(process.execPath, [join(root, 'server/dist/main.js')], {
    // No .env and no settings from the environment.
    cwd: folder,
    env: {
      PATH,
      HOME,
      TMPDIR,
      SystemRoot,
      HOST: host,
      PORT: String(port),
      LOG_FORMAT: 'text',
      DATA_DIR: folder,
      API_KEYS: JSON.stringify(keys.map(({ value }) => value)),
      ALLOWED_TOKENS: JSON.stringify([token]),
      AUTH_TOKEN: `${token}-admin`,
      BASE_URL: `${fake.url}/v1beta`,
      SHUTDOWN_GRACE_SECONDS: '2',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { text: '' }
  const keep = (piece) => {
    output.text = (output.text + piece).slice(-mostKeptOutput)
  }
  gateway.stdout.on('data', keep)
  gateway.stderr.on('data', keep)
  return { gateway, output }
}

async function untilReady(url, gateway) {
  const giveUpAt = Date.now() + readyTimeoutMs
  while (Date.now() < giveUpAt && gateway.exitCode === null) {
    const answer = await fetch(`${url}/ready`).catch(() => undefined)
    if (answer?.ok) return true
    await pause(100)
  }
  return false
}

/** An invalid request gets an error other than 404 if the path is served. */
async function speaksOpenAi(url) {
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: '{}',
  })
  return answer.status !== 404
}

/** PORT must be free; without it, another port will do. Rejects with a sentence. */
async function choosePort(written = '') {
  if (written === '') return (await listenOnce(usualPort)) ?? listenOnce(0)
  const port = /^\d{1,5}$/.test(written) ? Number(written) : NaN
  if (!(port <= 65_535)) throw new Error('PORT must be a whole number from 0 to 65535.')
  const free = await listenOnce(port)
  if (free !== undefined) return free
  throw new Error(`Port ${port} cannot be used: it is taken or reserved. Set PORT to a free one.`)
}

/** The port, or undefined where it cannot be opened. */
function listenOnce(wanted) {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(wanted, host, () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}

/** Prints each call to the fake Gemini, also those with unusable keys. */
function watch(fake) {
  const shown = new Set()
  setInterval(() => {
    for (const call of fake.received()) {
      if (call.status === 0 || shown.has(call.sequence)) continue
      shown.add(call.sequence)
      const { name, state } = keys.find(({ value }) => value === call.key) ?? keys[0]
      const what = call.action ?? 'models'
      console.log(`   ${what} with ${name} (${state}): ${call.status}`)
    }
    if (shown.size < 1000) return
    fake.clearReceived()
    shown.clear()
  }, watchEveryMs).unref()
}

async function main() {
  const port = await choosePort(process.env.PORT)
  buildIfStale()
  const folder = mkdtempSync(join(tmpdir(), 'gemini-balance-demo-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const fake = await startFake()
  const { gateway, output } = startGateway({ fake, folder, port })
  process.once('exit', () => gateway.kill('SIGKILL'))
  let isStopping = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      isStopping = true
      gateway.kill('SIGTERM')
    })
  }
  const url = `http://${host}:${port}`
  if (await untilReady(url, gateway)) {
    fake.clearReceived()
    console.log(demoText({ url, token, model, keys, hasOpenAi: await speaksOpenAi(url) }))
    watch(fake)
    if (gateway.exitCode === null && gateway.signalCode === null) await once(gateway, 'exit')
  }
  await fake.close()
  if (isStopping) process.exit(0)
  throw new Error(`The gateway stopped.\n${output.text}`)
}

main().catch((error) => {
  console.error(error.message)
  process.exit(1)
})
