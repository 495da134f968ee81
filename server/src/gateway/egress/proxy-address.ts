import { decodeOrKeep } from '../../runtime/decode-or-keep.ts'

/** A proxy, taken apart. */
export type ProxyAddress = {
  readonly kind: 'http' | 'https' | 'socks5'
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  /** `host:port`: what it is called wherever people read of it. */
  readonly name: string
}

const usualPorts = { http: 80, https: 443, socks5: 1080 }

/** Reads what the setting PROXIES takes: `http://`, `https://` or `socks5://`, `user:password@` where they are needed, host and port. */
export function readProxyAddress(written: string): ProxyAddress {
  const url = new URL(written)
  const kind = kindOf(url.protocol)
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const port = url.port === '' ? usualPorts[kind] : Number(url.port)
  return {
    kind,
    host,
    port,
    user: decodeOrKeep(url.username),
    password: decodeOrKeep(url.password),
    name: `${url.hostname}:${port}`,
  }
}

function kindOf(protocol: string): ProxyAddress['kind'] {
  if (protocol === 'http:') return 'http'
  return protocol === 'https:' ? 'https' : 'socks5'
}
