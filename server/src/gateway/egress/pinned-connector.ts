import { isIPv4, type LookupFunction } from 'node:net'
import { buildConnector } from 'undici'
import type { Proxy } from './proxies.ts'
import { tunnelThrough } from './tunnel.ts'

export type Address = { readonly address: string; readonly family: number }

/**
 * An undici connector that goes to these addresses only, whatever the host's name means by now. A proxy gets an
 * address too, never the name: it would resolve the name anew, in its own network.
 */
export function connectTo(
  addresses: readonly [Address, ...Address[]],
  { proxy, timeoutMs }: { readonly proxy: Proxy | undefined; readonly timeoutMs: number },
): buildConnector.connector {
  if (proxy === undefined) {
    return buildConnector({ lookup: pinTo(addresses), timeout: timeoutMs, allowH2: false })
  }
  const tunnel = tunnelThrough(proxy.address, timeoutMs)
  // Few proxies reach IPv6. The certificate is still checked against the name, which stays in `host`.
  const { address } = addresses.find((one) => isIPv4(one.address)) ?? addresses[0]
  return (options, callback) => tunnel({ ...options, hostname: address }, callback)
}

function pinTo(addresses: readonly [Address, ...Address[]]): LookupFunction {
  return (_hostname, options, callback) => {
    if (options.all === true) callback(null, [...addresses])
    else callback(null, addresses[0].address, addresses[0].family)
  }
}
