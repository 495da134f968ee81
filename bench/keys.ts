/** Measures the key engine alone: `npx tsx --conditions=source bench/keys.ts [keys] [models] [rounds]`. */
import { createKeyEngine } from '../server/src/keys/engine.ts'
import type { KeyConfig } from '../server/src/keys/types.ts'
import { defaultKeyPolicy } from '../server/src/keys/policy.ts'
import type { Outcome } from '../server/src/google/outcome.ts'
import { Secret } from '../server/src/log/secret.ts'

const [keys = 50_000, models = 20, rounds = 1_000_000] = process.argv.slice(2).map(Number)
const pooled = !process.env['NO_POOL']

const heapMb = () => {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 1e6
}
const answered: Outcome = { verdict: 'answered', status: 200, inputTokens: 900 }
const exhausted: Outcome = {
  verdict: 'quota-spent',
  status: 429,
  retryAfterMs: 30_000,
  violations: [
    {
      quotaId: 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier',
      unit: 'requests',
      window: 'minute',
      limit: 10,
      tier: 'free',
    },
    {
      quotaId: 'GenerateContentInputTokensPerModelPerMinute-FreeTier',
      unit: 'input-tokens',
      window: 'minute',
      limit: 250_000,
      tier: 'free',
    },
  ],
}

let now = Date.UTC(2026, 8, 19, 18)
const policy = { ...defaultKeyPolicy, pool: { ...defaultKeyPolicy.pool, enabled: pooled } }
const before = heapMb()
const entries: KeyConfig[] = Array.from({ length: keys }, (_, index) => ({
  id: index + 1,
  secret: new Secret(`not-a-real-key-${index}-0123456789abcdefgh`),
}))

const loadStart = performance.now()
const engine = createKeyEngine({
  clock: { now: () => now, at: () => () => {} },
  random: Math.random,
  policy: () => policy,
})
engine.control.setKeys(entries)
console.log(
  `load ${keys} keys: ${(performance.now() - loadStart).toFixed(0)} ms, ${(heapMb() - before).toFixed(0)} MB`,
)

/** `share` of the calls get a 429; each call advances the clock by `stepMs`. */
function run(
  name: string,
  { share, stepMs, tokens }: { share: number; stepMs: number; tokens: () => number },
) {
  let refused = 0
  let slowestMs = 0
  const start = process.cpuUsage()
  for (let round = 0; round < rounds; round += 1) {
    now += stepMs
    if (round % 10_000 === 0) engine.state.takeChanges()
    const model = `gemini-${round % models}`
    const roundStart = round % 64 === 0 ? performance.now() : 0
    const result = engine.keys.reserve({ lane: model, model, estimatedInputTokens: tokens() })
    if (result.ok)
      engine.keys.settle(result.reservation, Math.random() < share ? exhausted : answered)
    else refused += 1
    if (roundStart) slowestMs = Math.max(slowestMs, performance.now() - roundStart)
  }
  const { user, system } = process.cpuUsage(start)
  const each = (user + system) / rounds
  const memory = (heapMb() - before).toFixed(0)
  console.log(
    `${name}: ${each.toFixed(2)} CPU µs a call, slowest sampled ${slowestMs.toFixed(1)} ms, ${refused} refused, ${memory} MB`,
  )
}

const some = () => 1000
const mixed = () => Math.floor(500 * 2 ** (Math.random() * 9))
const only = process.env['ONLY']
run('one model each in turn, no refusals', { share: 0, stepMs: 0.01, tokens: some })
if (!only || only === '2')
  run('a tenth refused, limits learned     ', { share: 0.1, stepMs: 0.1, tokens: some })
if (!only) run('mixed sizes up to 256k tokens       ', { share: 0.02, stepMs: 0.1, tokens: mixed })
if (!only || only === '4')
  run('saturated: half refused             ', { share: 0.5, stepMs: 0.001, tokens: mixed })
