import { lookup } from 'node:dns/promises'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, request } from 'undici'
import { mediaType } from './media-type.ts'
import { isPublicAddress } from './public-address.ts'

export type FetchedMedia =
  | { readonly mimeType: string; readonly data: string }
  | { readonly failure: string }

/** Fetches a file named by a client. Returns the reason of a failure; never rejects. */
export type FetchMedia = (url: string, signal: AbortSignal) => Promise<FetchedMedia>

export type Address = { readonly address: string; readonly family: number }

export type PublicFetchDeps = {
  readonly resolve: (host: string) => Promise<readonly Address[]>
  readonly isAllowed: (address: string) => boolean
  readonly limits: {
    readonly bytes: number
    readonly timeoutMs: number
    readonly redirects: number
  }
}

export const publicFetchDefaults: PublicFetchDeps = {
  resolve: (host) => lookup(host, { all: true, verbatim: true }),
  isAllowed: isPublicAddress,
  limits: { bytes: 50 * 1024 * 1024, timeoutMs: 20_000, redirects: 3 },
}

/** Its message is safe to show: it reveals nothing about the gateway's network. */
class FetchError extends Error {}

type Hop = { readonly redirect: string } | { readonly mimeType: string; readonly data: string }

/**
 * Fetches files from public addresses only. Each host is resolved once, all its addresses must be public, and the
 * connection uses the checked address. Redirects are checked the same way.
 */
export function createPublicFetch(deps: PublicFetchDeps = publicFetchDefaults): FetchMedia {
  return async (url, signal) => {
    const timeout = AbortSignal.timeout(deps.limits.timeoutMs)
    const either = AbortSignal.any([signal, timeout])
    try {
      let next = url
      for (let hops = 0; hops <= deps.limits.redirects; hops += 1) {
        const hop = await fetchOnce(deps, next, either)
        if (!('redirect' in hop)) return hop
        next = hop.redirect
      }
      return { failure: 'The address redirects too often.' }
    } catch (error) {
      if (error instanceof FetchError) return { failure: error.message }
      return { failure: timeout.aborted ? 'The download took too long.' : 'The download failed.' }
    }
  }
}

async function fetchOnce(deps: PublicFetchDeps, url: string, signal: AbortSignal): Promise<Hop> {
  const target = readTarget(url)
  const addresses = await checkedAddresses(deps, target.hostname)
  const agent = new Agent({ connect: { lookup: pinTo(addresses) }, pipelining: 0 })
  try {
    const { statusCode, headers, body } = await request(target, {
      dispatcher: agent,
      signal,
      headers: { accept: 'image/*, audio/*, video/*, application/pdf, text/*' },
    })
    const location = headers['location']
    if (statusCode >= 300 && statusCode < 400 && typeof location === 'string') {
      return { redirect: new URL(location, target).href }
    }
    if (statusCode !== 200) throw new FetchError(`The server answered ${statusCode}.`)
    const bytes = await collect(body, deps.limits.bytes)
    const type = headers['content-type']
    const mimeType = mediaType(typeof type === 'string' ? type : undefined, bytes)
    if (mimeType === undefined) throw new FetchError('Google does not accept this type of file.')
    return { mimeType, data: bytes.toString('base64') }
  } finally {
    await agent.destroy()
  }
}

function readTarget(url: string): URL {
  if (!URL.canParse(url)) throw new FetchError('The address is not a URL.')
  const target = new URL(url)
  if (target.protocol !== 'https:' && target.protocol !== 'http:') {
    throw new FetchError('The address is neither http nor https.')
  }
  if (target.username !== '' || target.password !== '') {
    throw new FetchError('The address contains credentials.')
  }
  return target
}

async function checkedAddresses(
  { resolve, isAllowed }: PublicFetchDeps,
  hostname: string,
): Promise<readonly Address[]> {
  const literal = hostname.replace(/^\[(.*)\]$/, '$1')
  const family = isIP(literal)
  const addresses = family === 0 ? await resolve(hostname) : [{ address: literal, family }]
  // One private address among public ones could still be connected to.
  if (addresses.length === 0 || !addresses.every(({ address }) => isAllowed(address))) {
    throw new FetchError('The address is not public.')
  }
  return addresses
}

/** Resolves to the checked addresses only, against DNS rebinding. */
function pinTo(addresses: readonly Address[]): LookupFunction {
  return (_hostname, options, callback) => {
    const [first] = addresses
    if (options.all === true || first === undefined) callback(null, [...addresses])
    else callback(null, first.address, first.family)
  }
}

async function collect(body: AsyncIterable<Buffer>, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.length
    if (length > limit)
      throw new FetchError(`The file is larger than ${Math.floor(limit / 1024 / 1024)} MiB.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, length)
}
