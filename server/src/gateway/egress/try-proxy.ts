import { Pool } from 'undici'
import { gemini } from '../../google/platforms/gemini.ts'
import { readProxyAddress } from './proxy-address.ts'
import { tunnelThrough } from './tunnel.ts'

export type ProxyTrial =
  /** Google answered, with any status. */
  { readonly ms: number } | { readonly failure: string }

/** Lists models through a proxy without a key: a refusal proves that the proxy works. Never rejects. */
export async function tryProxy(
  proxy: string,
  { baseUrl, timeoutMs }: { readonly baseUrl: string; readonly timeoutMs: number },
): Promise<ProxyTrial> {
  const { origin, prefix, version } = gemini.address({ baseUrl })
  const pool = new Pool(origin, { connect: tunnelThrough(readProxyAddress(proxy), timeoutMs) })
  const startedAt = performance.now()
  try {
    const { body } = await pool.request({
      method: 'GET',
      path: `${prefix}/${version}/models?pageSize=1`,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    })
    await body.dump()
    return { ms: performance.now() - startedAt }
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) }
  } finally {
    await pool.destroy()
  }
}
