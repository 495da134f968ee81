import type { Proxies } from '../../gateway/egress/proxies.ts'
import type { Handlers } from '../handlers.ts'
import { presentProxy } from './present.ts'

export type ProxyHandlerDeps = { readonly proxies: Pick<Proxies, 'states'> }

export function proxyHandlers({ proxies }: ProxyHandlerDeps): Pick<Handlers, 'listProxies'> {
  return { listProxies: async () => ({ rows: proxies.states().map(presentProxy) }) }
}
