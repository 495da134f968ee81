import { setMaxListeners } from 'node:events'
import type { Settings } from '@gemini-balance/contract'
import type { ClientSignal } from '../../runtime/streams/client-signal.ts'
import { ClientError } from '../client-error.ts'
import {
  createMediaBudget,
  memoryPerByte,
  type BudgetLimits,
  type MediaBudget,
  type MediaLease,
} from './media-budget.ts'
import { MediaError } from './media-error.ts'
import type { FetchMedia, MediaFile } from './public-fetch.ts'

/** A file that a request names by its address. */
export type RemoteFile = { readonly url: string; readonly field: string }

/** A fetched file, or why there is none. */
export type Fetched = MediaFile | { readonly failure: MediaError }

/** Fetched files by their addresses. */
export type FetchedFiles = ReadonlyMap<string, Fetched>

/** The remote files of one request. */
export type RemoteMedia = {
  /** Fetches all of them. Throws ClientError where there are too many. */
  fetch(files: readonly RemoteFile[]): Promise<FetchedFiles>
  /** Gives their memory back. Called once the request has ended. */
  release(): void
}

export type MediaLimits = BudgetLimits & {
  /** Limits of one request, for all its files. */
  readonly maxFiles: number
  readonly maxBytes: number
  readonly timeoutMs: number
}

const megabyte = 1024 * 1024

export function mediaLimits(settings: Settings): MediaLimits {
  const memoryBytes = settings.mediaFetchMemoryMb * megabyte
  return {
    maxFiles: settings.mediaFetchMaxFiles,
    // What one request may fetch must fit into the memory of all.
    maxBytes: Math.min(settings.mediaFetchMaxMb * megabyte, memoryBytes / memoryPerByte),
    timeoutMs: settings.mediaFetchTimeout * 1000,
    memoryBytes,
    fetches: settings.mediaFetchConcurrency,
    maxWaiting: settings.mediaFetchMaxWaiting,
    maxWaitMs: settings.mediaFetchMaxWait * 1000,
  }
}

export type MediaFetcher = {
  open(signal: ClientSignal): RemoteMedia
  readonly used: MediaBudget['used']
}

/** Fetches the remote files of requests, within the limits of each and of all together. */
export function createMediaFetcher(
  fetchMedia: FetchMedia,
  limits: () => MediaLimits,
): MediaFetcher {
  const budget = createMediaBudget(limits)
  return {
    used: budget.used,
    open(signal) {
      let lease: MediaLease | undefined
      return {
        async fetch(files) {
          if (files.length === 0) return none
          const current = limits()
          const distinct = distinctFiles(files)
          checkCount(distinct, current)
          lease ??= budget.open()
          return fetchAll({ fetchMedia, lease, limits: current, signal }, distinct)
        },
        release: () => lease?.close(),
      }
    },
  }
}

const none: FetchedFiles = new Map()

/** Each address once, where it is named first: conversations repeat their files. */
function distinctFiles(files: readonly RemoteFile[]): RemoteFile[] {
  const urls = new Set<string>()
  return files.filter(({ url }) => !urls.has(url) && urls.add(url))
}

function checkCount(files: readonly RemoteFile[], { maxFiles }: MediaLimits): void {
  const param = files[maxFiles]?.field
  if (param === undefined) return
  throw new ClientError(
    maxFiles === 0
      ? `'${param}' names a remote file, which this gateway does not fetch. Send it as a data URL.`
      : `'${param}' is one more than the ${maxFiles} remote files that a request may name. Send data URLs.`,
    { param, problem: 'invalid_value' },
  )
}

type Work = {
  readonly fetchMedia: FetchMedia
  readonly lease: MediaLease
  readonly limits: MediaLimits
  readonly signal: ClientSignal
}

/** Fetches of one request at a time. */
const maxConcurrent = 4

async function fetchAll(
  { fetchMedia, lease, limits, signal }: Work,
  files: readonly RemoteFile[],
): Promise<FetchedFiles> {
  const { maxBytes, timeoutMs } = limits
  const fetched = new Map<string, Fetched>()
  const stop = new AbortController()
  // Each fetch listens a few times: for its host, its connection and its turn.
  setMaxListeners(8 * maxConcurrent, stop.signal)
  const end = (reason: MediaError) => stop.abort(reason)
  const timer = setTimeout(() => end(tooSlow(timeoutMs)), timeoutMs)
  const forget = signal.onAbort(() => end(new MediaError('The client left.')))
  if (signal.aborted) end(new MediaError('The client left.'))
  let length = 0
  const expect = (bytes: number) => {
    if (length + bytes > maxBytes) throw tooLarge(maxBytes)
  }
  const fetchBudget = {
    signal: stop.signal,
    expect,
    take(bytes: number) {
      expect(bytes)
      length += bytes
      return lease.take(bytes, stop.signal)
    },
  }

  async function fetchOne(url: string): Promise<Fetched> {
    try {
      await lease.enter(stop.signal)
      try {
        return await fetchMedia(url, fetchBudget)
      } finally {
        lease.leave()
      }
    } catch (error) {
      if (!(error instanceof MediaError)) throw error
      const { reason }: { reason?: unknown } = stop.signal
      if (reason instanceof MediaError) return { failure: reason }
      if (error.endsAll) end(error)
      return { failure: error }
    }
  }

  const waiting = files.map(({ url }) => url)
  async function work(): Promise<void> {
    for (let url = waiting.shift(); url !== undefined; url = waiting.shift()) {
      fetched.set(url, await fetchOne(url))
    }
  }
  try {
    await Promise.all(Array.from({ length: maxConcurrent }, work))
    return fetched
  } finally {
    clearTimeout(timer)
    forget()
  }
}

const tooSlow = (timeoutMs: number): MediaError =>
  new MediaError(`The files of the request did not come within ${timeoutMs / 1000} seconds.`, {
    endsAll: true,
  })

const tooLarge = (maxBytes: number): MediaError =>
  new MediaError(
    `The files of the request are together larger than ${Math.floor(maxBytes / megabyte)} MiB.`,
    {
      endsAll: true,
    },
  )
