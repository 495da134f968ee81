import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerCall } from '../calls/answer-call.ts'
import { Refusal } from '../calls/refusal.ts'
import type { ReceivedCall } from '../received.ts'
import type { World } from '../world.ts'
import { htmlError } from '../wire/html-error.ts'
import { pause } from './call.ts'
import type { Call } from './call.ts'
import { answerControl } from './control.ts'
import { parseRoute } from './route.ts'
import type { Route } from './route.ts'
import { sendError } from './send.ts'

const largestBodyBytes = 104_857_600

/** Handles one HTTP request from its head to the end of its answer. */
export function serve(world: World, request: IncomingMessage, response: ServerResponse): void {
  const { method = 'GET', url = '/' } = request
  const route = parseRoute(method, url)
  readText(request, (text) => {
    if (text === undefined) {
      const { contentType, body } = htmlError(413, 'Request Entity Too Large')
      response.writeHead(413, { 'Content-Type': contentType, Connection: 'close' }).end(body)
    } else if (route.target.kind === 'control') {
      answerControl(world, { method, name: route.target.name, text }, response)
    } else {
      const call = openCall(world, { request, response, route, text })
      const { latencyMs } = world.options
      if (latencyMs > 0) void runLater(call, latencyMs)
      else run(call)
    }
  })
}

function readText(request: IncomingMessage, done: (text: string | undefined) => void): void {
  const pieces: Buffer[] = []
  let size = 0
  request.on('data', (piece: Buffer) => {
    size += piece.length
    if (size <= largestBodyBytes) pieces.push(piece)
    else pieces.length = 0
  })
  request.on('end', () => {
    if (size > largestBodyBytes) return done(undefined)
    const [only] = pieces
    done((pieces.length === 1 && only ? only : Buffer.concat(pieces)).toString('utf8'))
  })
}

type Opening = Pick<Call, 'request' | 'response' | 'route' | 'text'>

function openCall(world: World, opening: Opening): Call {
  const { request, response, route, text } = opening
  const record = recordOf(world, { request, route, text })
  if (world.options.recording !== 'none') world.received.add(record)
  const call: Call = { world, ...opening, record, closed: false, onClosed: undefined }
  world.active += 1
  response.on('close', () => {
    // Closed by us when the answer is complete or was cut on purpose.
    if (!call.closed && !response.writableFinished) record.closedByClient = true
    call.closed = true
    world.active -= 1
    world.received.settle(record)
    const { onClosed } = call
    call.onClosed = undefined
    onClosed?.()
  })
  return call
}

function recordOf(
  world: World,
  { request, route, text }: { request: IncomingMessage; route: Route; text: string },
): ReceivedCall {
  const { target } = route
  world.sequence += 1
  return {
    sequence: world.sequence,
    at: world.clock.now(),
    method: request.method ?? 'GET',
    path: route.path,
    query: route.query,
    headers: world.options.recording === 'none' ? {} : headersOf(request),
    bodyText: world.options.recording === 'bodies' ? text : '',
    key: undefined,
    project: undefined,
    model: target.kind === 'call' || target.kind === 'get-model' ? target.model : undefined,
    action: target.kind === 'call' ? target.action : undefined,
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
    const going = answerCall(call)
    if (going) going.catch((error: unknown) => fail(call, error))
  } catch (error) {
    fail(call, error)
  }
}

function fail(call: Call, error: unknown): void {
  if (call.closed) return
  if (error instanceof Refusal) return sendError(call, error.error)
  const reason = error instanceof Error ? error.message : String(error)
  if (call.response.headersSent) {
    call.response.destroy()
    return
  }
  sendError(call, {
    code: 500,
    message: `Internal error encountered. (fake-gemini: ${reason})`,
    status: 'INTERNAL',
    verdict: 'fault',
  })
}
