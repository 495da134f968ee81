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
      const event = { proxy, state, message }
      if (state === 'up') log.info({ event }, `The proxy ${proxy} works again.`)
      else log.warn({ event }, `${failureOf(proxy, message)}. Others are used while there are any.`)
    },
    onGone: (proxy) => transport.forget(proxy),
  })
  return { transport, proxies }
}

/** The message of a proxy's own failure names it already. */
function failureOf(proxy: string, message = 'no answer'): string {
  return message.includes(proxy)
    ? message
    : `The proxy ${proxy} failed: ${message.replace(/\.$/, '')}`
}
