import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerCall } from '../calls/answer-call.ts'
import { ApiError } from '../calls/api-error.ts'
import type { ReceivedCall } from '../received.ts'
import type { ServerContext } from '../server-context.ts'
import { htmlError } from '../wire/html-error.ts'
import { pause } from './call.ts'
import type { Call } from './call.ts'
import { answerControl } from './control.ts'
import { parseRoute } from './route.ts'
import type { Route } from './route.ts'
import { sendError } from './send.ts'

const maxBodyBytes = 104_857_600

export function serve(
  context: ServerContext,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { method = 'GET', url = '/' } = request
  const route = parseRoute(method, url)
  // Uploads may be large: their calls read the body themselves, piece by piece.
  if (route.target.kind === 'upload') {
    return open(context, { request, response, route, text: '' })
  }
  readText(request, (text) => {
    if (text === undefined) {
      const { contentType, body } = htmlError(413, 'Request Entity Too Large')
      response.writeHead(413, { 'Content-Type': contentType, Connection: 'close' }).end(body)
    } else if (route.target.kind === 'control') {
      answerControl(context, { method, name: route.target.name, text }, response)
    } else {
      open(context, { request, response, route, text })
    }
  })
}

function open(context: ServerContext, input: CallInput): void {
  const call = openCall(context, input)
  const { latencyMs } = context.options
  if (latencyMs > 0) void runLater(call, latencyMs)
  else run(call)
}

function readText(request: IncomingMessage, done: (text: string | undefined) => void): void {
  const pieces: Buffer[] = []
  let size = 0
  request.on('data', (piece: Buffer) => {
    size += piece.length
    if (size <= maxBodyBytes) pieces.push(piece)
    else pieces.length = 0
  })
  request.on('end', () => {
    if (size > maxBodyBytes) return done(undefined)
    const [only] = pieces
    done((pieces.length === 1 && only ? only : Buffer.concat(pieces)).toString('utf8'))
  })
}

type CallInput = Pick<Call, 'request' | 'response' | 'route' | 'text'>

function openCall(context: ServerContext, input: CallInput): Call {
  const { request, response, route, text } = input
  const record = recordOf(context, { request, route, text })
  if (context.options.recording !== 'none') context.received.add(record)
  const call: Call = { context, ...input, record, closed: false, onClosed: undefined }
  context.active += 1
  response.on('close', () => {
    // The server itself closes complete answers and those that it cuts.
    if (!call.closed && !response.writableFinished) record.closedByClient = true
    call.closed = true
    context.active -= 1
    context.received.settle(record)
    const { onClosed } = call
    call.onClosed = undefined
    onClosed?.()
  })
  return call
}

function recordOf(
  context: ServerContext,
  { request, route, text }: { request: IncomingMessage; route: Route; text: string },
): ReceivedCall {
  const { target } = route
  context.sequence += 1
  return {
    sequence: context.sequence,
    at: context.clock.now(),
    method: request.method ?? 'GET',
    path: route.path,
    query: route.query,
    headers: context.options.recording === 'none' ? {} : headersOf(request),
    bodyBytes: Buffer.byteLength(text),
    bodyText: context.options.recording === 'bodies' ? text : '',
    key: undefined,
    project: undefined,
    model: target.kind === 'call' || target.kind === 'get-model' ? target.model : undefined,
    action: target.kind === 'call' ? target.action : undefined,
    file: undefined,
    status: 0,
    verdict: 'ok',
    closedByClient: false,
  }
}

function headersOf(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    headers[name] = Array.isArray(value) ? value.join(', ') : (value ?? '')
  }
  return headers
}

async function runLater(call: Call, ms: number): Promise<void> {
  if (await pause(call, ms)) run(call)
}

function run(call: Call): void {
  try {
    const pending = answerCall(call)
    if (pending) pending.catch((error: unknown) => fail(call, error))
  } catch (error) {
    fail(call, error)
  }
}

function fail(call: Call, error: unknown): void {
  if (call.closed) return
  if (error instanceof ApiError) return sendError(call, error.error)
  const reason = error instanceof Error ? error.message : String(error)
  if (call.response.headersSent) {
    call.response.destroy()
    return
  }
  sendError(call, {
    code: 500,
    message: `Internal error encountered. (fake-gemini: ${reason})`,
    status: 'INTERNAL',
    verdict: 'internal-error',
  })
}
