import { proxyAddress, SettingsError, type ProxyChecked } from '@gemini-balance/contract'
import type { Proxies } from '../../gateway/egress/proxies.ts'
import type { ProxyTrial } from '../../gateway/egress/try-proxy.ts'
import type { Handlers } from '../handlers.ts'
import { maskPassword, meantSecret } from '../settings/mask-secrets.ts'

export type ProxyHandlerDeps = {
  readonly exits: Pick<Proxies, 'states'>
  /** The setting PROXIES. */
  readonly proxies: () => readonly string[]
  readonly tryProxy: (proxy: string) => Promise<ProxyTrial>
  readonly now: () => number
}

type ProxyEndpoints =
  | 'getProxies'
  | 'checkProxy'
  | 'checkProxies'
  | 'getProxyChecks'
  | 'forgetProxyChecks'

type Checked = Omit<ProxyChecked, 'proxy'>

const keptMs = 10_000
const mostKept = 1000

/** Proxies shown and tried. */
export function proxyHandlers(deps: ProxyHandlerDeps): Pick<Handlers, ProxyEndpoints> {
  const { exits, now } = deps
  const kept = new Map<string, { readonly at: number; readonly checked: Checked }>()
  const isFresh = ({ at }: { readonly at: number }) => now() - at < keptMs

  async function check(proxy: string, useCache: boolean): Promise<ProxyChecked> {
    const meant = meantProxy(proxy, deps.proxies())
    const known = kept.get(meant)
    if (useCache && known !== undefined && isFresh(known)) return { proxy, ...known.checked }
    const checked = resultOf(await deps.tryProxy(meant), now())
    kept.delete(meant)
    kept.set(meant, { at: now(), checked })
    const [oldest] = kept.keys()
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest)
    return { proxy, ...checked }
  }

  return {
    getProxies: async () => ({ rows: exits.states().map((state) => ({ ...state })) }),
    checkProxy: ({ proxy, use_cache }) => check(proxy, use_cache),
    async checkProxies({ proxies, use_cache, max_concurrent }) {
      // Before any is tried: what is refused is refused as a whole.
      for (const proxy of proxies) meantProxy(proxy, deps.proxies())
      const checked: ProxyChecked[] = []
      const work = proxies.entries()
      const workers = Array.from({ length: max_concurrent }, async () => {
        for (const [place, proxy] of work) checked[place] = await check(proxy, use_cache)
      })
      await Promise.all(workers)
      return checked
    },
    async getProxyChecks() {
      const valid = [...kept.values()].filter(isFresh).length
      return { total_cached: kept.size, valid_cached: valid, expired_cached: kept.size - valid }
    },
    async forgetProxyChecks() {
      kept.clear()
      return { success: true, message: 'The results are forgotten.' }
    },
  }
}

/** A proxy of the settings may be sent as it is shown, without its password. */
function meantProxy(sent: string, known: readonly string[]): string {
  const shown = known.filter((proxy) => maskPassword(proxy) === sent)
  const meant = meantSecret(sent, shown.length === 1 ? shown[0] : '', maskPassword)
  const read = proxyAddress.safeParse(meant)
  if (read.success) return read.data
  throw new SettingsError([
    {
      setting: 'proxy',
      problem: 'must be the address of a proxy, or one of PROXIES as it is shown.',
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
