import { proxyAddress, SettingsError, type CheckedProxy } from '@gemini-balance/contract'
import type { ProxyTrial } from '../../gateway/egress/try-proxy.ts'
import type { Handlers } from '../handlers.ts'
import { maskPassword, resolveMasked } from '../settings/mask-secrets.ts'

export type ProxyCheckDeps = {
  /** The setting PROXIES. */
  readonly proxies: () => readonly string[]
  readonly tryProxy: (proxy: string) => Promise<ProxyTrial>
  readonly now: () => number
}

type ProxyCheckEndpoints = 'checkProxy' | 'checkProxies' | 'countProxyChecks' | 'clearProxyChecks'

type Checked = Omit<CheckedProxy, 'proxy'>

const keptMs = 10_000
const maxKept = 1000

/** The paths of the Python program that try proxies. */
export function compatProxyHandlers(deps: ProxyCheckDeps): Pick<Handlers, ProxyCheckEndpoints> {
  const { now } = deps
  const kept = new Map<string, { readonly at: number; readonly checked: Checked }>()
  const isFresh = ({ at }: { readonly at: number }) => now() - at < keptMs

  async function check(proxy: string, useCache: boolean): Promise<CheckedProxy> {
    const address = resolveProxy(proxy, deps.proxies())
    const known = kept.get(address)
    if (useCache && known !== undefined && isFresh(known)) return { proxy, ...known.checked }
    const checked = resultOf(await deps.tryProxy(address), now())
    kept.delete(address)
    kept.set(address, { at: now(), checked })
    const [oldest] = kept.keys()
    if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest)
    return { proxy, ...checked }
  }

  return {
    checkProxy: ({ proxy, use_cache }) => check(proxy, use_cache),
    async checkProxies({ proxies, use_cache, max_concurrent }) {
      // All are read before one is tried: one that cannot be used refuses the whole input.
      for (const proxy of proxies) resolveProxy(proxy, deps.proxies())
      const checked: CheckedProxy[] = []
      const work = proxies.entries()
      const workers = Array.from({ length: max_concurrent }, async () => {
        for (const [place, proxy] of work) checked[place] = await check(proxy, use_cache)
      })
      await Promise.all(workers)
      return checked
    },
    async countProxyChecks() {
      const valid = [...kept.values()].filter(isFresh).length
      return { total_cached: kept.size, valid_cached: valid, expired_cached: kept.size - valid }
    },
    async clearProxyChecks() {
      kept.clear()
      return { success: true, message: 'The results are deleted.' }
    },
  }
}

/** A proxy of the settings may be sent with its password masked. */
function resolveProxy(sent: string, known: readonly string[]): string {
  const matching = known.filter((proxy) => maskPassword(proxy) === sent)
  const current = matching.length === 1 ? matching[0] : ''
  const read = proxyAddress.safeParse(resolveMasked(sent, current, maskPassword))
  if (read.success) return read.data
  throw new SettingsError([
    {
      setting: 'proxy',
      problem: 'must be the address of a proxy, or one of PROXIES with its password masked.',
    },
  ])
}

function resultOf(trial: ProxyTrial, at: number): Checked {
  const works = 'ms' in trial
  return {
    is_available: works,
    response_time: works ? Math.round(trial.ms) / 1000 : null,
    error_message: works ? null : trial.failure,
    checked_at: at / 1000,
  }
}
