import { Resolver } from 'node:dns/promises'
import type { Address } from '../../gateway/egress/pinned-connector.ts'

/**
 * All addresses of a host; none where it has no name server that answers. Not by `lookup`, which holds one of the
 * process's four threads for as long as a stranger's name server likes.
 */
export async function resolveHost(host: string, signal: AbortSignal): Promise<readonly Address[]> {
  const resolver = new Resolver({ timeout: 3000, tries: 2 })
  const cancel = () => resolver.cancel()
  signal.addEventListener('abort', cancel, { once: true })
  try {
    const [four, six] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
    return [...found(four, 4), ...found(six, 6)]
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

const found = (result: PromiseSettledResult<string[]>, family: number): Address[] =>
  result.status === 'fulfilled' ? result.value.map((address) => ({ address, family })) : []
