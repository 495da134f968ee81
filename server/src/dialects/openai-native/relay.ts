import type { GatewayRequest } from '../../gateway/forward.ts'
import { createSseSplitter } from '../../gateway/stream-chunks.ts'
import { callTo } from '../openai/build-call.ts'
import { endOfStream, streamEvent } from '../openai/chat-events.ts'
import { InvalidRequest } from '../openai/invalid-request.ts'
import { isObject, listOf, type JsonObject } from '../openai/json-value.ts'
import { brokenAnswer, fromGoogleAnswer, type OpenAiError } from '../openai/openai-error.ts'
import type { OpenAiDeps, OpenAiRequest } from '../openai/openai-deps.ts'
import { collector, readCall } from '../openai/read-call.ts'
import { sendError, sendJson } from '../openai/send-json.ts'
import { freshRelay, relayChunk, relayCompletion } from './relay-answer.ts'

export type Endpoint = 'chat/completions' | 'embeddings' | 'images/generations'

/** Undefined when the client has its answer; else why Google's endpoint gave none, which another way may. */
type Relayed = { readonly refused: OpenAiError } | undefined

/** A request to Google's own OpenAI endpoint as it came, but for `top_k`, which that endpoint refuses. */
export async function relay(
  deps: OpenAiDeps,
  request: OpenAiRequest,
  { endpoint, body }: { endpoint: Endpoint; body: Buffer },
): Promise<Relayed> {
  const { top_k: _refused, ...wanted } = readBodyObject(body)
  const streams = wanted['stream'] === true
  const call = relayCall(deps, request, { endpoint, wanted, streams })
  return streams ? relayStream(deps, request, call) : relayWhole(deps, request, call)
}

function readBodyObject(body: Buffer): JsonObject {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    if (isObject(value)) return value
  } catch (cause) {
    throw new InvalidRequest('The body of the request is not valid JSON.', { cause })
  }
  throw new InvalidRequest('The body of the request is not a JSON object.')
}

type Wanted = {
  readonly endpoint: Endpoint
  readonly wanted: JsonObject
  readonly streams: boolean
}

function relayCall(
  deps: OpenAiDeps,
  request: OpenAiRequest,
  { endpoint, wanted, streams }: Wanted,
): GatewayRequest {
  const body = Buffer.from(JSON.stringify(wanted))
  const model = typeof wanted['model'] === 'string' ? wanted['model'].replace(/^models\//, '') : ''
  return {
    id: request.id,
    ask: {
      model,
      lane: model,
      estimatedInputTokens: Math.ceil(body.length / 4),
      ...(endpoint === 'images/generations' ? { paidOnly: true } : {}),
    },
    call: {
      ...callTo(deps, `openai/${endpoint}`, streams ? 'sse' : 'unary'),
      body: [body],
      generates: false,
      usesResource: false,
    },
    patienceMs: undefined,
    labels: {
      dialect: request.dialect,
      method: endpoint,
      caller: request.caller.id,
      streamed: streams,
    },
  }
}

async function relayWhole(
  deps: OpenAiDeps,
  { client }: OpenAiRequest,
  call: GatewayRequest,
): Promise<Relayed> {
  const held = collector()
  const ended = await readCall(deps, call, { presence: client.presence, sink: held.sink })
  if (ended.kind === 'left') return undefined
  if (ended.kind === 'refused') return { refused: ended.error }
  const answer = parse(held.bytes().toString('utf8'))
  if (ended.kind === 'cut' || answer === undefined) sendError(client, brokenAnswer())
  else sendJson(client, relayCompletion(answer))
  return undefined
}

const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
}

async function relayStream(
  deps: OpenAiDeps,
  { client }: OpenAiRequest,
  call: GatewayRequest,
): Promise<Relayed> {
  const splitter = createSseSplitter()
  let state = freshRelay
  let failure: OpenAiError | undefined
  let isDone = false

  const take = (chunks: readonly string[]): string[] =>
    chunks.flatMap((text) => {
      if (failure !== undefined || isDone) return []
      isDone = text === '[DONE]'
      if (isDone) return []
      const chunk = parse(text)
      failure = errorIn(chunk, text)
      if (chunk === undefined || failure !== undefined) return []
      const [next, told] = relayChunk(state, chunk)
      state = next
      return [streamEvent(told)]
    })

  const write = (events: readonly string[]): boolean =>
    events.length === 0 || client.write(Buffer.from(events.join('')))

  const ended = await readCall(deps, call, {
    presence: client.presence,
    begin: () => client.begin(200, streamHeaders),
    sink: {
      write: (bytes) => write(take(splitter.push(bytes))),
      onDrain: (resume) => client.onDrain(resume),
    },
  })
  if (ended.kind === 'left') return undefined
  if (ended.kind === 'refused') return { refused: ended.error }
  write(take(splitter.rest()))
  if (isDone) client.end(endOfStream)
  else client.cut(streamEvent({ error: (failure ?? brokenAnswer()).error }))
  return undefined
}

/** Google wraps its errors in a list here, in a stream too. */
function errorIn(chunk: JsonObject | undefined, text: string): OpenAiError | undefined {
  if (chunk === undefined) return brokenAnswer('Google sent a chunk that cannot be read.')
  return 'error' in chunk ? fromGoogleAnswer(500, text) : undefined
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const one = Array.isArray(value) ? listOf(value)[0] : value
    return isObject(one) ? one : undefined
  } catch {
    return undefined
  }
}
