import { errorCodes, errors, type ErrorCode } from '@gemini-balance/contract'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { newRequestId, requestIdHeader } from '../runtime/request-id.ts'
import type { AnswerReason } from './client-connection.ts'

/** A request that the gateway refused by its own rules. */
export type Refusal = {
  readonly requestId: string
  /** A dialect, `admin`, or `none` where nothing is served. */
  readonly surface: string
  /** Undefined where the bytes are no HTTP. */
  readonly request: IncomingMessage | undefined
  /** The peer's, where there is no request. */
  readonly address?: string | undefined
  readonly code: ErrorCode
  readonly status: number
  /** As the client was told. */
  readonly message: string
  /** The id of the client's token, where it is known. */
  readonly caller?: string | undefined
}

/** Must not wait or throw. */
export type OnRefusal = (refusal: Refusal) => void

/** Why an answer of the admin API is an error; undefined where it is none of ours. */
export function reasonOf(payload: unknown): AnswerReason | undefined {
  const error = memberOf(payload, 'error')
  const [sent, message] = [memberOf(error, 'code'), memberOf(error, 'message')]
  const code = errorCodes.find((known) => known === sent)
  return code === undefined || typeof message !== 'string' ? undefined : { code, message }
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.getOwnPropertyDescriptor(value, name)?.value
}

/** Answers an address with broken escapes. */
export function answerBadAddress(
  response: ServerResponse,
  { id, message }: { readonly id: string; readonly message: string },
): void {
  const body = JSON.stringify({ error: { code: 'malformed_request', message } })
  response.writeHead(400, {
    [requestIdHeader]: id,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}

/** Statuses of bytes that Node cannot read as HTTP; 400 for all others. */
const statuses: ReadonlyMap<unknown, readonly [status: number, text: string]> = new Map([
  ['ERR_HTTP_REQUEST_TIMEOUT', [408, 'Request Timeout']],
  ['HPE_HEADER_OVERFLOW', [431, 'Request Header Fields Too Large']],
] as const)

/** Answers what is no HTTP, as far as the connection still takes an answer. */
export function answerMalformed(onRefusal: OnRefusal) {
  return (error: { readonly code?: unknown }, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
      socket.destroy()
      return
    }
    const [status, text] = statuses.get(error.code) ?? [400, 'Bad Request']
    const requestId = newRequestId(Date.now())
    const code = 'malformed_request'
    const message = errors[code].sentence
    const body = JSON.stringify({ error: { code, message } })
    socket.end(
      [
        `HTTP/1.1 ${status} ${text}`,
        `${requestIdHeader}: ${requestId}`,
        'content-type: application/json; charset=utf-8',
        `content-length: ${Buffer.byteLength(body)}`,
        'connection: close',
        '',
        body,
      ].join('\r\n'),
      () => socket.destroy(),
    )
    const address = socket.remoteAddress
    onRefusal({ requestId, surface: 'none', request: undefined, address, code, status, message })
  }
}
