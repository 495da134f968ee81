const untrusted = 'its certificate is not trusted'
const noRoute = 'there is no route to it'
const timedOut = 'the connection timed out'
const cut = 'the connection was closed'

/** Why a connection failed, by the code of the failure. */
const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: cut,
  EPIPE: cut,
  UND_ERR_SOCKET: cut,
  ENOTFOUND: 'DNS does not know the name',
  EAI_AGAIN: 'DNS does not answer',
  ETIMEDOUT: timedOut,
  UND_ERR_CONNECT_TIMEOUT: timedOut,
  EHOSTUNREACH: noRoute,
  ENETUNREACH: noRoute,
  EADDRNOTAVAIL: noRoute,
  ENETDOWN: 'the network is down',
  EACCES: 'a firewall forbids the connection',
  EPERM: 'a firewall forbids the connection',
  EMFILE: 'this process has too many open files',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; is the clock of this machine right?',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
}

type Failure = { readonly reason: string | undefined; readonly message: string | undefined }

/** Why a call got no answer, in words; where the code is unknown, its own message. */
export function failureWords({ reason = '', message = '' }: Failure): string {
  const known = words[reason]
  if (known !== undefined) return known
  if (reason.startsWith('HPE_')) return 'it does not answer in HTTP'
  if (reason === 'EPROTO' || reason.startsWith('ERR_SSL_')) return 'TLS failed; is BASE_URL right?'
  return withoutStop(message === '' ? reason : message) || 'the connection failed'
}

const withoutStop = (text: string) => (text.endsWith('.') ? text.slice(0, -1) : text)
