import { BlockList, isIP } from 'node:net'

/** Where a request came from. */
export type RequestOrigin = {
  /** The client's IP address, or `unknown`. */
  readonly address: string
  /** Whether the client used TLS. */
  readonly isSecure: boolean
  /** The host that the client asked for. */
  readonly host: string | undefined
}

export type IncomingHeaders = {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly socket: { readonly remoteAddress?: string | undefined; readonly encrypted?: unknown }
}

export type TrustedProxies = {
  originOf(request: IncomingHeaders): RequestOrigin
  /** Whether the peer of a connection is a trusted proxy. */
  isProxy(peer: string): boolean
}

/** Longer than any real chain of proxies. */
const maxHops = 32

/** Trusts forwarding headers only from these addresses and ranges. */
export function createTrustedProxies(proxies: readonly string[]): TrustedProxies {
  const trusted = blockListOf(proxies)
  const isTrusted = (address: string) => {
    const version = isIP(address)
    return version !== 0 && trusted.check(address, version === 6 ? 'ipv6' : 'ipv4')
  }

  return {
    isProxy: (peer) => isTrusted(addressOf(peer) ?? peer),
    originOf({ headers, socket }) {
      const peer = addressOf(socket.remoteAddress ?? '') ?? 'unknown'
      const direct = { address: peer, isSecure: socket.encrypted === true, host: headers['host'] }
      if (!isTrusted(peer)) return { ...direct, host: firstOf(direct.host) }
      const proto = firstOf(headers['x-forwarded-proto'])?.toLowerCase()
      return {
        address: clientBehind(peer, textOf(headers['x-forwarded-for']), isTrusted),
        isSecure: proto === undefined ? direct.isSecure : proto === 'https',
        host: firstOf(headers['x-forwarded-host']) ?? firstOf(direct.host),
      }
    },
  }
}

/** Each hop appends the address before it: read from the right, the first untrusted address is the client. The rest may be forged. */
function clientBehind(peer: string, forwarded: string, isTrusted: (address: string) => boolean) {
  let client = peer
  for (const hop of forwarded.split(',').slice(-maxHops).toReversed()) {
    const address = addressOf(hop)
    if (address === undefined) return client
    client = address
    if (!isTrusted(address)) return client
  }
  return client
}

/** Removes port, brackets and zone; IPv4 written as IPv6 becomes IPv4. */
function addressOf(written: string): string | undefined {
  const trimmed = written.trim()
  const bare =
    /^\[([^\]]+)\](?::\d+)?$/.exec(trimmed)?.[1] ??
    /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(trimmed)?.[1] ??
    trimmed
  const [withoutZone = ''] = bare.split('%', 1)
  const address = withoutZone.replace(/^::ffff:(?=\d+\.)/i, '')
  return isIP(address) === 0 ? undefined : address.toLowerCase()
}

function blockListOf(proxies: readonly string[]): BlockList {
  const list = new BlockList()
  for (const proxy of proxies) {
    const [address = '', bits] = proxy.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}

const textOf = (header: string | readonly string[] | undefined): string =>
  typeof header === 'string' ? header : (header?.join(',') ?? '')

const firstOf = (header: string | readonly string[] | undefined): string | undefined => {
  const first = textOf(header).split(',')[0]?.trim()
  return first === '' ? undefined : first
}
