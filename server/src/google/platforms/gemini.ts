import type { Platform, UpstreamAddress } from './platform.ts'

/** Google's Gemini API (AI Studio): keys are sent as `x-goog-api-key`, or as Bearer to its OpenAI endpoint. */
export const gemini: Platform = {
  name: 'gemini',
  address: ({ baseUrl }) => readAddress(baseUrl),
  pathOf: ({ path }, { prefix }) => prefix + path,
  credential: (key, call) =>
    call.credential === 'bearer' ? ['authorization', `Bearer ${key}`] : ['x-goog-api-key', key],
}

const versionSegment = /^v\d[a-z0-9]*$/

let last: { readonly baseUrl: string; readonly address: UpstreamAddress } | undefined

/** Parses `https://host[/prefix][/version]`, default version `v1beta`. The last result is cached, because every request needs it. */
function readAddress(baseUrl: string): UpstreamAddress {
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
