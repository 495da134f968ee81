import { about } from './setting-facts.ts'
import { numberIn, wholeNumberIn } from './setting-forms.ts'

const server = about('server')

/** Limits of clients' connections. */
export const connectionSettings = {
  requestHeadersTimeout: server(
    'REQUEST_HEADERS_TIMEOUT',
    numberIn(1, 3600).default(30),
    'Seconds within which the headers of a request must arrive.',
  ),
  requestIdleTimeout: server(
    'REQUEST_IDLE_TIMEOUT',
    numberIn(1, 3600).default(60),
    'Seconds for which a request body may bring nothing.',
  ),
  requestMinBytesPerSecond: server(
    'REQUEST_MIN_BYTES_PER_SECOND',
    wholeNumberIn(0, 1_000_000).default(2000),
    'Bytes a second that an unfinished request body must bring, over REQUEST_IDLE_TIMEOUT; 0 is no limit.',
  ),
  responseIdleTimeout: server(
    'RESPONSE_IDLE_TIMEOUT',
    numberIn(1, 3600).default(120),
    'Seconds for which a client may take nothing of an answer that waits for it. Then its request ends.',
  ),
  maxConnectionsPerAddress: server(
    'MAX_CONNECTIONS_PER_ADDRESS',
    wholeNumberIn(0, 1_000_000).default(1000),
    'Open connections of one address (IPv6: of one /64 network), except those of TRUSTED_PROXIES; 0 is no limit.',
  ),
}
