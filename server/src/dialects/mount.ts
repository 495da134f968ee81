import type { ErrorCode } from '@gemini-balance/contract'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { RequestAdmission, type CallCounter } from '../auth/clients/admission.ts'
import { credentialsOf, type Callers } from '../auth/clients/credentials.ts'
import { connectClient, sendAnswer, type ClientConnection } from '../http/client-connection.ts'
import type { DataRoute } from '../http/data-plane.ts'
import type { OnRefusal } from '../http/refusals.ts'
import { BodyError, readBody } from '../http/request-body.ts'
import { ClientDisconnected } from '../runtime/streams/client-disconnected.ts'
import { newRequestId } from '../runtime/request-id.ts'
import { ClientError } from './client-error.ts'
import { hasControlCharacter } from './control-character.ts'
import type { Dialect, Operation } from './dialect.ts'
import {
  internalError,
  methodNotAllowed,
  thrownFailure,
  tokenFailure,
  unknownToken,
  type Failure,
} from './failures.ts'

/** Counts requests as clients see them, including those that never reach Google. */
export type RequestCounter = {
  requestBegan(dialect: string): void
  requestEnded(end: {
    readonly dialect: string
    readonly method: string
    /** 0 when the client disconnected before the answer began. */
    readonly status: number
    readonly isWhole: boolean
  }): void
}

export type MountDeps = {
  readonly callers: Callers
  /** Counts requests toward the limits of their tokens. */
  readonly counter: CallCounter
  readonly requests: RequestCounter
  /** The method label of a URL, for metrics. */
  readonly methodOf: (url: string) => string
  readonly maxBodyBytes: () => number
  readonly now: () => number
  readonly onRefusal: OnRefusal
  /** Reports bugs, and errors after an answer has begun. */
  readonly onError: (error: unknown, requestId: string) => void
}

export function mount(dialect: Dialect, deps: MountDeps): DataRoute[] {
  return dialect.operations.flatMap((operation) =>
    operation.paths.map((path) => ({
      methods: operation.methods,
      path,
      ...(operation.credential === undefined ? {} : { credential: operation.credential }),
      handle(raw: IncomingMessage, response: ServerResponse): void {
        void serveOperation(deps, arrive(deps, { dialect, raw, response }), operation)
      },
      refuseMethod: (raw: IncomingMessage, response: ServerResponse, allow: string) =>
        refuse(deps, { dialect, raw, response }, methodNotAllowed(allow)),
    })),
  )
}

type MountedRequest = {
  readonly id: string
  readonly dialect: Dialect
  readonly raw: IncomingMessage
  readonly response: ServerResponse
  readonly client: ClientConnection
  /** Known once the caller is identified. */
  caller: string | undefined
}

type ArrivingRequest = Pick<MountedRequest, 'dialect' | 'raw' | 'response'>

/** Gives a request its id, and counts it. */
function arrive(deps: MountDeps, { dialect, raw, response }: ArrivingRequest): MountedRequest {
  const id = newRequestId(deps.now())
  const client = connectClient(response, id)
  const request = { id, dialect, raw, response, client, caller: undefined }
  countRequest(deps, request)
  return request
}

/** Refuses a request that no operation serves. It says nothing about tokens, so it asks for none. */
export function refuse(deps: MountDeps, arriving: ArrivingRequest, failure: Failure): void {
  const { client, dialect } = arrive(deps, arriving)
  sendAnswer(client, dialect.renderFailure(failure))
}

/** Identifies the caller, reads the body and serves. The only place that catches: every error is rendered by the dialect. */
async function serveOperation(
  deps: MountDeps,
  request: MountedRequest,
  operation: Operation,
): Promise<void> {
  const { id, dialect, raw, client } = request
  let admission: RequestAdmission | undefined
  try {
    const { path, query } = splitUrl(raw.url ?? '')
    const caller = deps.callers.identify(credentialsOf(raw, query), raw)
    if (caller === undefined) return sendAnswer(client, dialect.renderFailure(unknownToken))
    request.caller = caller.id
    const now = deps.now()
    const problem = caller.problem(dialect.name, now)
    if (problem !== undefined) {
      return sendAnswer(client, dialect.renderFailure(tokenFailure(problem)))
    }
    if (hasControlCharacter(path))
      throw new ClientError('The path has a control character. Remove it.')
    const counted = new RequestAdmission(deps.counter, caller, deps.now)
    admission = counted
    await operation.serve({
      id,
      raw,
      path,
      query,
      body: operation.body === 'none' ? noBody : await readBody(raw, deps.maxBodyBytes()),
      client,
      caller,
      admit: (model) => counted.admit(model),
    })
  } catch (error) {
    answerFailure(deps, request, error)
  } finally {
    admission?.release()
  }
}

const noBody = Buffer.alloc(0)

function answerFailure(
  deps: MountDeps,
  { id, dialect, response, client }: MountedRequest,
  error: unknown,
): void {
  if (error instanceof ClientDisconnected) return
  const failure = thrownFailure(error, deps.now())
  const { headersSent } = response
  if (failure === undefined || (headersSent && !client.signal.aborted)) deps.onError(error, id)
  if (client.signal.aborted) return
  if (headersSent) return client.breakOff('')
  // The unread rest of the body must not be parsed as the next request.
  if (error instanceof BodyError) response.setHeader('connection', 'close')
  sendAnswer(client, dialect.renderFailure(failure ?? internalError))
}

function countRequest(deps: MountDeps, request: MountedRequest): void {
  const { dialect, raw, response } = request
  const { name } = dialect
  const { url = '' } = raw
  deps.requests.requestBegan(name)
  response.on('close', () => {
    deps.requests.requestEnded({
      dialect: name,
      method: deps.methodOf(url),
      status: response.headersSent ? response.statusCode : 0,
      isWhole: response.writableFinished,
    })
    reportRefusal(deps, request)
  })
}

/** Of these the attempts in the request log, or the log of errors, tell the reason. */
const toldElsewhere: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'google_error',
  'upstream_timeout',
  'upstream_incomplete',
  'connection_failed',
  'stream_cut',
  'no_key_succeeded',
  'internal_error',
])

function reportRefusal({ onRefusal }: MountDeps, request: MountedRequest): void {
  const { id, dialect, raw, response, client, caller } = request
  const { reason } = client
  if (reason === undefined || toldElsewhere.has(reason.code)) return
  const { code, message } = reason
  const { name: surface } = dialect
  const { statusCode: status } = response
  onRefusal({ requestId: id, surface, request: raw, code, status, message, caller })
}

function splitUrl(url: string): { path: string; query: URLSearchParams | undefined } {
  const at = url.indexOf('?')
  return at === -1
    ? { path: url, query: undefined }
    : { path: url.slice(0, at), query: new URLSearchParams(url.slice(at + 1)) }
}
