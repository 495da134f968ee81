/** What the environment says of proxies, as most programs read it. */
export type EnvironmentProxy = {
  readonly httpsProxy: string
  /** Hosts, with or without a dot in front or a port behind; `*` is every host. */
  readonly noProxy: readonly string[]
}

/** The proxy that the environment names for an address; undefined: none. HTTPS_PROXY is for https alone. */
export function proxyOfEnvironment(
  address: string,
  { httpsProxy, noProxy }: EnvironmentProxy,
): string | undefined {
  const { protocol, hostname, port } = new URL(address)
  if (httpsProxy === '' || protocol !== 'https:') return undefined
  const target = { host: hostname.toLowerCase(), port: port === '' ? '443' : port }
  return noProxy.some((entry) => covers(entry.toLowerCase(), target)) ? undefined : httpsProxy
}

function covers(entry: string, { host, port }: { host: string; port: string }): boolean {
  if (entry === '*') return true
  const [, name = entry, itsPort = port] = /^(.*):(\d+)$/.exec(entry) ?? []
  const domain = name.replace(/^\*?\./, '')
  return itsPort === port && domain !== '' && (host === domain || host.endsWith(`.${domain}`))
}
