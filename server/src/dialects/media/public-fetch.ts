import { isIP } from 'node:net'
import { Agent, request, type Dispatcher } from 'undici'
import { connectTo, type Address } from '../../gateway/egress/pinned-connector.ts'
import type { Proxy } from '../../gateway/egress/proxies.ts'
import { MediaError } from './media-error.ts'
import { mayBeUsable } from './media-type.ts'
import { isPublicAddress } from './public-address.ts'
import { resolveHost } from './resolve-host.ts'

/** A fetched file in base64, with the type that its server declares. */
export type MediaFile = { readonly mimeType: string | undefined; readonly data: string }

/** Fetches a file named by a client. Throws MediaError. */
export type FetchMedia = (url: string, budget: FetchBudget) => Promise<MediaFile>

/** What a fetch may use. */
export type FetchBudget = {
  readonly signal: AbortSignal
  /** Throws where so many bytes can never be taken. */
  expect(bytes: number): void
  /** Asks for room for bytes that have come. Nothing more is read until it resolves. */
  take(bytes: number): Promise<void> | undefined
}

export type PublicFetchDeps = {
  readonly resolve: (host: string, signal: AbortSignal) => Promise<readonly Address[]>
  readonly isAllowed: (address: string) => boolean
  /** The proxy of the next fetch. */
  readonly proxy: () => Proxy | undefined
  readonly connectTimeoutMs: () => number
}

export const publicFetchDefaults: PublicFetchDeps = {
  resolve: resolveHost,
  isAllowed: isPublicAddress,
  proxy: () => undefined,
  connectTimeoutMs: () => 10_000,
}

const maxRedirects = 3

type Hop = { readonly redirect: string } | MediaFile

/**
 * Fetches files from public addresses only, through the gateway's proxies. Each host is resolved here, once; all its addresses
 * must be public, and the connection goes to one of them, also behind a proxy. Each redirect is checked the same way.
 */
export function createPublicFetch(deps: PublicFetchDeps): FetchMedia {
  return async (url, budget) => {
    try {
      let next = url
      for (let hops = 0; hops <= maxRedirects; hops += 1) {
        const hop = await fetchOnce(deps, next, budget)
        if (!('redirect' in hop)) return hop
        next = hop.redirect
      }
    } catch (error) {
      throw error instanceof MediaError ? error : new MediaError('The download failed.')
    }
    throw new MediaError('The address redirects too often.')
  }
}

async function fetchOnce(deps: PublicFetchDeps, url: string, budget: FetchBudget): Promise<Hop> {
  budget.signal.throwIfAborted()
  const target = readTarget(url)
  const addresses = await checkedAddresses(deps, target.hostname, budget.signal)
  const connect = connectTo(addresses, { proxy: deps.proxy(), timeoutMs: deps.connectTimeoutMs() })
  const agent = new Agent({ connect, pipelining: 0 })
  try {
    const answer = await request(target, {
      dispatcher: agent,
      signal: budget.signal,
      headers: {
        accept: 'image/*, audio/*, video/*, application/pdf, text/*',
        'accept-encoding': 'identity',
      },
    })
    const location = headerOf(answer, 'location')
    if (answer.statusCode >= 300 && answer.statusCode < 400 && location !== undefined) {
      if (!URL.canParse(location, target.href))
        throw new MediaError('The address redirects to no URL.')
      return { redirect: new URL(location, target).href }
    }
    const mimeType = checkAnswer(answer, budget)
    return { mimeType, data: await collect(answer.body, budget) }
  } finally {
    await agent.destroy()
  }
}

type Answer = Pick<Dispatcher.ResponseData, 'statusCode' | 'headers'>

/** Refuses by the headers what need not be read. Returns the declared type. */
function checkAnswer(answer: Answer, budget: FetchBudget): string | undefined {
  if (answer.statusCode !== 200) throw new MediaError(`The server answered ${answer.statusCode}.`)
  const encoding = headerOf(answer, 'content-encoding') ?? 'identity'
  if (encoding.toLowerCase() !== 'identity') {
    throw new MediaError('The server sends the file compressed.')
  }
  const mimeType = headerOf(answer, 'content-type')
  if (!mayBeUsable(mimeType)) throw new MediaError('Google does not take this type of file.')
  const length = Number(headerOf(answer, 'content-length') ?? 0)
  if (Number.isFinite(length)) budget.expect(length)
  return mimeType
}

function headerOf({ headers }: Answer, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : value?.[0]
}

function readTarget(url: string): URL {
  if (!URL.canParse(url)) throw new MediaError('The address is not a URL.')
  const target = new URL(url)
  if (target.protocol !== 'https:' && target.protocol !== 'http:') {
    throw new MediaError('The address is neither http nor https.')
  }
  if (target.username !== '' || target.password !== '') {
    throw new MediaError('The address contains credentials.')
  }
  return target
}

async function checkedAddresses(
  { resolve, isAllowed }: PublicFetchDeps,
  hostname: string,
  signal: AbortSignal,
): Promise<readonly [Address, ...Address[]]> {
  const literal = hostname.replace(/^\[(.*)\]$/, '$1')
  const family = isIP(literal)
  const [first, ...others] =
    family === 0 ? await resolve(hostname, signal) : [{ address: literal, family }]
  // One private address among public ones could still be connected to.
  if (first === undefined || ![first, ...others].every(({ address }) => isAllowed(address))) {
    throw new MediaError('The host has no public address.')
  }
  return [first, ...others]
}

/** Reads a body no faster than there is room for it, into base64. */
async function collect(body: AsyncIterable<Buffer>, budget: FetchBudget): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body) {
    await budget.take(chunk.length)
    length += chunk.length
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, length).toString('base64')
}
