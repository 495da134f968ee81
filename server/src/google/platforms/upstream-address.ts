/** Where Google is: `BASE_URL` taken apart. */
export type UpstreamAddress = {
  readonly origin: string
  /** A path in front of the version, without a slash at its end; empty for Google itself. */
  readonly prefix: string
  /** The version for calls that the gateway makes by itself. A client's own version always wins. */
  readonly version: string
}

const versionSegment = /^v\d+[a-z0-9]*$/

let last: { readonly baseUrl: string; readonly address: UpstreamAddress } | undefined

/** Reads `https://host[/prefix][/version]`. Without a version, `v1beta`. Read once, for it seldom changes and is asked for by requests. */
export function readUpstreamAddress(baseUrl: string): UpstreamAddress {
  if (last?.baseUrl !== baseUrl) last = { baseUrl, address: parseAddress(baseUrl) }
  return last.address
}

function parseAddress(baseUrl: string): UpstreamAddress {
  const url = new URL(baseUrl)
  const segments = url.pathname.split('/').filter((segment) => segment !== '')
  const end = segments.at(-1)
  const version = end !== undefined && versionSegment.test(end) ? end : undefined
  const prefix = version === undefined ? segments : segments.slice(0, -1)
  return {
    origin: url.origin,
    prefix: prefix.length === 0 ? '' : `/${prefix.join('/')}`,
    version: version ?? 'v1beta',
  }
}
