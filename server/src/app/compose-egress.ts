import { createProxies, type Proxies } from '../gateway/egress/proxies.ts'
import { proxySettings } from '../gateway/egress/proxy-settings.ts'
import { createTransport, type Transport } from '../gateway/upstream/transport.ts'
import { gemini } from '../google/platforms/gemini.ts'
import { realClock } from '../runtime/time/real-clock.ts'
import type { KeysDeps } from './compose-keys.ts'

/** Connections to Google, and the proxies that they go through. */
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
      if (state === 'up') log.info({ proxy }, 'A proxy works again.')
      else log.warn({ proxy, message }, 'A proxy failed. Others are used while there are any.')
    },
    onGone: (proxy) => transport.forget(proxy),
  })
  return { transport, proxies }
}
