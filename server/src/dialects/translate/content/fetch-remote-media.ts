import type { ClientSignal } from '../../../runtime/streams/client-signal.ts'
import type { FetchMedia } from '../../media/public-fetch.ts'
import { ClientError } from '../../client-error.ts'
import type { Fetched, RemoteMedia } from './media-parts.ts'

const maxUrls = 32
const maxConcurrent = 4

/** Fetches all remote files of a request, a few at a time. */
export async function fetchRemoteMedia(
  fetchMedia: FetchMedia,
  urls: readonly string[],
  signal: ClientSignal,
): Promise<RemoteMedia> {
  if (urls.length === 0) return new Map()
  if (urls.length > maxUrls) {
    throw new ClientError(
      `The messages contain more than ${maxUrls} remote files. Send fewer, or send them as data URLs.`,
      { param: 'messages' },
    )
  }
  const media = new Map<string, Fetched>()
  const waiting = [...urls]
  async function work(): Promise<void> {
    for (let url = waiting.shift(); url !== undefined; url = waiting.shift()) {
      media.set(url, await fetchMedia(url, signal.abortSignal))
    }
  }
  await Promise.all(Array.from({ length: maxConcurrent }, work))
  return media
}
