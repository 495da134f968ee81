import { about } from './setting-facts.ts'
import { numberIn, wholeNumberIn } from './setting-forms.ts'

const upstream = about('upstream')

/** Limits of files that requests name by their addresses. */
export const mediaSettings = {
  mediaFetchMaxFiles: upstream(
    'MEDIA_FETCH_MAX_FILES',
    wholeNumberIn(0, 1000).default(32),
    'Remote files that one request may name; 0 fetches none. Addresses of YouTube and of the Files API are not fetched.',
  ),
  mediaFetchMaxMb: upstream(
    'MEDIA_FETCH_MAX_MB',
    numberIn(1, 1024).default(50),
    'MiB that the remote files of one request may have together.',
  ),
  mediaFetchTimeout: upstream(
    'MEDIA_FETCH_TIMEOUT',
    numberIn(1, 600).default(30),
    'Seconds within which all remote files of one request must have come.',
  ),
  mediaFetchConcurrency: upstream(
    'MEDIA_FETCH_CONCURRENCY',
    wholeNumberIn(1, 1000).default(16),
    'Remote files that are fetched at a time, for all requests.',
  ),
  mediaFetchMemoryMb: upstream(
    'MEDIA_FETCH_MEMORY_MB',
    numberIn(16, 65_536).default(256),
    'MiB of memory for the remote files of all requests, until their answers end. A file takes about three times its size.',
  ),
  mediaFetchMaxWait: upstream(
    'MEDIA_FETCH_MAX_WAIT',
    numberIn(0, 600).default(10),
    'Seconds that a fetch may wait for its turn or for memory. Then its request is refused with 503.',
  ),
  mediaFetchMaxWaiting: upstream(
    'MEDIA_FETCH_MAX_WAITING',
    wholeNumberIn(0, 100_000).default(200),
    'Fetches that may wait at a time. A further one is refused at once.',
  ),
}
