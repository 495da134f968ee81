import type { EndpointAnswer } from '@gemini-balance/contract'
import type { ProxyStatus } from '../../gateway/egress/proxies.ts'
import { maybeMoment } from '../moments.ts'

type ProxyView = EndpointAnswer<'listProxies'>['rows'][number]

export function presentProxy(one: ProxyStatus): ProxyView {
  const { proxy, state, until, failures, answers, message } = one
  return { proxy, state, until: maybeMoment(until), failures, answers, message }
}
