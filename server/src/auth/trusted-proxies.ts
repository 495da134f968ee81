import { BlockList, isIP } from 'node:net'

/** What is known of the way a request came. */
export type Arrival = {
  /** Who sent it: an address as text, or `unknown`. */
  readonly address: string
  /** Whether it travelled encrypted where the client saw it. */
  readonly isSecure: boolean
  /** The host that the client meant. */
  readonly host: string | undefined
}

/** A request as far as it says where it came from. */
export type Arriving = {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly socket: { readonly remoteAddress?: string | undefined; readonly encrypted?: unknown }
}

export type TrustedProxies = {
  arrival(request: Arriving): Arrival
}

/** More hops than any chain of proxies has. */
const mostHops = 32

/** Believes the forwarding headers of these addresses and ranges, and of nobody else. */
export function createTrustedProxies(proxies: readonly string[]): TrustedProxies {
  const trusted = blockListOf(proxies)
  const isTrusted = (address: string) => {
    const version = isIP(address)
    return version !== 0 && trusted.check(address, version === 6 ? 'ipv6' : 'ipv4')
  }

  return {
    arrival({ headers, socket }) {
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

/** Each hop names the one before it, the nearest last: the first that is not trusted is the client, whatever stands left of it. */
function clientBehind(peer: string, forwarded: string, isTrusted: (address: string) => boolean) {
  let client = peer
  for (const hop of forwarded.split(',').slice(-mostHops).toReversed()) {
    const address = addressOf(hop)
    if (address === undefined) return client
    client = address
    if (!isTrusted(address)) return client
  }
  return client
}

/** An address without port, brackets and zone; IPv4 as such also where it is written as IPv6. */
function addressOf(written: string): string | undefined {
  const trimmed = written.trim()
  const bare =
    /^\[([^\]]+)\](?::\d+)?$/.exec(trimmed)?.[1] ??
    /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(trimmed)?.[1] ??
    trimmed
  const address = bare.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '')
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
