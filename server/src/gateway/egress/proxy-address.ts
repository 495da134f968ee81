import { decodeOrKeep } from '../../runtime/decode-or-keep.ts'

export type ProxyAddress = {
  readonly kind: 'http' | 'https' | 'socks5'
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  /** `host:port`, for logs and pages. */
  readonly name: string
}

const defaultPorts = { http: 80, https: 443, socks5: 1080 }

/** Parses one entry of PROXIES: `http://`, `https://` or `socks5://`, optional `user:password@`, host and optional port. */
export function readProxyAddress(setting: string): ProxyAddress {
  const url = new URL(setting)
  const kind = kindOf(url.protocol)
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const port = url.port === '' ? defaultPorts[kind] : Number(url.port)
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
