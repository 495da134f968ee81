import type { Settings } from '@gemini-balance/contract'
import { proxyOfEnvironment } from './environment-proxy.ts'
import type { ProxySettings } from './proxies.ts'

/** The proxies that the settings name, or else that of HTTPS_PROXY. Every request asks, so the last result is kept. */
export function proxySettings(current: () => Settings): () => ProxySettings {
  let source: Settings | undefined
  let result: ProxySettings = { proxies: [], isSticky: true }
  return () => {
    const settings = current()
    if (settings === source) return result
    source = settings
    result = {
      proxies: settings.proxies.length > 0 ? settings.proxies : environmentProxies(settings),
      isSticky: settings.proxiesUseConsistencyHashByApiKey,
    }
    return result
  }
}

function environmentProxies(settings: Settings): string[] {
  const proxy = proxyOfEnvironment(settings.baseUrl, settings)
  return proxy === undefined ? [] : [proxy]
}
