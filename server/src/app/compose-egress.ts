import type { Settings } from '@gemini-balance/contract'
import { proxyOfEnvironment } from '../gateway/egress/environment-proxy.ts'
import { createProxies, type Proxies, type ProxySettings } from '../gateway/egress/proxies.ts'
import { createTransport, type Transport } from '../gateway/upstream/transport.ts'
import type { KeysDeps } from './compose-keys.ts'
import { gemini } from '../google/platforms/gemini.ts'
import { realClock } from '../runtime/real-clock.ts'

/** The way out to Google: connections, and the proxies that they go through. */
export type ComposedEgress = { readonly transport: Transport; readonly proxies: Proxies }

export function composeEgress({
  settings,
  log,
}: Pick<KeysDeps, 'settings' | 'log'>): ComposedEgress {
  const transport = createTransport(gemini, settings.current)
  const proxies = createProxies({
    settings: proxySettings(settings.current),
    now: realClock.now,
    random: Math.random,
    onChange({ proxy, state, message }) {
      if (state === 'up') log.info({ proxy }, 'a proxy works again')
      else log.warn({ proxy, message }, 'a proxy failed; others are used while there are any')
    },
    onGone: (proxy) => transport.forget(proxy),
  })
  return { transport, proxies }
}

/** Worked out once for each state of the settings, for every request asks. */
function proxySettings(current: () => Settings): () => ProxySettings {
  let madeFor: Settings | undefined
  let made: ProxySettings = { proxies: [], isSticky: true }
  return () => {
    const settings = current()
    if (settings === madeFor) return made
    madeFor = settings
    made = {
      proxies: settings.proxies.length > 0 ? settings.proxies : usualProxy(settings),
      isSticky: settings.proxiesUseConsistencyHashByApiKey,
    }
    return made
  }
}

function usualProxy(settings: Settings): string[] {
  const proxy = proxyOfEnvironment(settings.baseUrl, settings)
  return proxy === undefined ? [] : [proxy]
}
