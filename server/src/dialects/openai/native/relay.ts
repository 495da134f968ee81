import type { GatewayRequest } from '../../../gateway/request.ts'
import { createSseSplitter } from '../../../google/answers/stream-chunks.ts'
import { listOf, objectOf, parseJson, type JsonObject } from '../../../runtime/json-value.ts'
import type { ClientRequest } from '../../dialect.ts'
import {
  brokenAnswer,
  FailureError,
  googleFailure,
  unreadableChunk,
  type Failure,
} from '../../failures.ts'
import type { DialectServices } from '../../services.ts'
import { createCollector, readCall, type RefusedCall } from '../../translate/read-call.ts'
import { endOfStream, streamEvent, streamHeaders } from '../chat/answer/chat-events.ts'
import { openAiError } from '../errors.ts'
import { sendJson } from '../send-json.ts'
import { freshRelay, relayChunk, relayCompletion } from './relay-answer.ts'
import type { RelayCall } from './relay-call.ts'

type Services = Pick<DialectServices, 'gateway' | 'scrub' | 'now'>

/** Undefined when the client has its answer or has disconnected. */
type Relayed = RefusedCall | undefined

/** Relays a request to Google's OpenAI endpoint. Throws FailureError. */
export function relay(
  services: Services,
  request: ClientRequest,
  call: RelayCall,
): Promise<Relayed> {
  return call.streams
    ? relayStream(services, request, call)
    : relayWhole(services, request, { gateway: call.gateway(), adapt: relayCompletion })
}

/** Relays a whole answer, changed by `adapt`. Throws FailureError. */
export async function relayWhole(
  services: Services,
  { client }: ClientRequest,
  { gateway, adapt }: { gateway: GatewayRequest; adapt: (answer: JsonObject) => JsonObject },
): Promise<Relayed> {
  const held = createCollector()
  const end = await readCall(services, gateway, { signal: client.signal, sink: held.sink })
  if (end.kind === 'left') return undefined
  if (end.kind === 'refused') return end
  const answer = parse(held.bytes().toString('utf8'))
  if (end.kind === 'cut' || answer === undefined) throw new FailureError(brokenAnswer())
  if ('error' in answer) throw new FailureError(googleFailure(500, JSON.stringify(answer)))
  sendJson(client, adapt(answer))
  return undefined
}

async function relayStream(
  services: Services,
  { client }: ClientRequest,
  { gateway, wantsUsage }: RelayCall,
): Promise<Relayed> {
  const splitter = createSseSplitter()
  const events = createRelayedEvents(wantsUsage)
  const write = (texts: readonly string[]): boolean =>
    texts.length === 0 || client.write(Buffer.from(texts.join('')))

  const end = await readCall(services, gateway(), {
    signal: client.signal,
    begin: () => client.begin(200, { ...streamHeaders }),
    sink: {
      write: (bytes) => write(events.take(splitter.push(bytes))),
      onDrain: (resume) => client.onDrain(resume),
    },
  })
  if (end.kind === 'left') return undefined
  if (end.kind === 'refused') return end
  write(events.take(splitter.flush()))
  const failure = events.failure()
  if (failure === undefined) client.end(endOfStream)
  else client.breakOff(streamEvent({ error: openAiError(failure) }))
  return undefined
}

/** Converts Google's events for the client, up to the first error. */
function createRelayedEvents(wantsUsage: boolean) {
  let state = freshRelay
  let failure: Failure | undefined
  let isDone = false

  function relayed(text: string): string[] {
    if (failure !== undefined || isDone) return []
    isDone = text === '[DONE]'
    if (isDone) return []
    const chunk = parse(text)
    failure = failureIn(chunk, text)
    if (chunk === undefined || failure !== undefined) return []
    const [next, sent] = relayChunk(state, chunk)
    state = next
    if (wantsUsage) return [streamEvent(sent)]
    const { usage, ...rest } = sent
    const isUsageOnly = usage !== undefined && listOf(sent['choices']).length === 0
    return isUsageOnly ? [] : [streamEvent(rest)]
  }

  return {
    take: (chunks: readonly string[]) => chunks.flatMap(relayed),
    /** After the end: why the stream is not complete. */
    failure: () => (isDone ? undefined : (failure ?? brokenAnswer())),
  }
}

function failureIn(chunk: JsonObject | undefined, text: string): Failure | undefined {
  if (chunk === undefined) return brokenAnswer(unreadableChunk)
  return 'error' in chunk ? googleFailure(500, text) : undefined
}

/** Google's OpenAI endpoint wraps errors in a list. */
function parse(text: string): JsonObject | undefined {
  const value = parseJson(text)
  return objectOf(Array.isArray(value) ? listOf(value)[0] : value)
}
