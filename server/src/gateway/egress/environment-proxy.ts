/** The proxy variables of the environment. */
export type EnvironmentProxy = {
  readonly httpsProxy: string
  /** Hosts, with an optional leading dot and an optional port; `*` matches every host. */
  readonly noProxy: readonly string[]
}

/** The environment's proxy for an address, if any. HTTPS_PROXY applies to https only. */
export function proxyOfEnvironment(
  address: string,
  { httpsProxy, noProxy }: EnvironmentProxy,
): string | undefined {
  const { protocol, hostname, port } = new URL(address)
  if (httpsProxy === '' || protocol !== 'https:') return undefined
  const target = { host: hostname.toLowerCase(), port: port === '' ? '443' : port }
  return noProxy.some((entry) => matches(entry.toLowerCase(), target)) ? undefined : httpsProxy
}

function matches(entry: string, { host, port }: { host: string; port: string }): boolean {
  if (entry === '*') return true
  const [, name = entry, entryPort = port] = /^(.*):(\d+)$/.exec(entry) ?? []
  const domain = name.replace(/^\*?\./, '')
  return entryPort === port && domain !== '' && (host === domain || host.endsWith(`.${domain}`))
}
