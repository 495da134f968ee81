import type { GatewayRequest } from '../../../gateway/forward.ts'
import { createSseSplitter } from '../../../google/answers/stream-chunks.ts'
import { verdicts, type VerdictName } from '../../../google/verdicts.ts'
import { endOfStream, streamEvent } from '../chat/chat-events.ts'
import { isObject, listOf, type JsonObject } from '../../../runtime/json-value.ts'
import { brokenAnswer, fromGoogleAnswer, type OpenAiError } from '../errors.ts'
import type { OpenAiDeps, OpenAiRequest } from '../openai-deps.ts'
import { collector, readCall, type CallReader } from '../../translate/read-call.ts'
import { sendError, sendJson } from '../send-json.ts'
import type { RelayCall } from './relay-call.ts'
import { freshRelay, relayChunk, relayCompletion } from './relay-answer.ts'

/** Why Google's endpoint gave no answer. */
export type Refused = {
  readonly error: OpenAiError
  /** How the last attempt ended; undefined when there was no key for one. */
  readonly verdict: VerdictName | undefined
}

/** Undefined when the client has its answer, or has left. */
type Relayed = Refused | undefined

/** Whether other keys, or the same in Google's own way, may serve the request: it is not to blame, nor is Google. */
export function isForWantOfKey({ verdict }: Refused): boolean {
  if (verdict === 'model-not-found') return false
  return verdict === undefined || ['key', 'project', 'lane', 'us'].includes(verdicts[verdict].blame)
}

/** Sends a request to Google's own OpenAI endpoint, and its answer to the client. */
export async function relay(
  deps: OpenAiDeps,
  request: OpenAiRequest,
  call: RelayCall,
): Promise<Relayed> {
  return call.streams
    ? relayStream(deps, request, call)
    : relayWhole(deps, request, { gateway: call.gateway, tell: relayCompletion })
}

/** A whole answer, told as it came but for what `tell` changes. */
export async function relayWhole(
  deps: OpenAiDeps,
  { client }: OpenAiRequest,
  { gateway, tell }: { gateway: GatewayRequest; tell: (answer: JsonObject) => JsonObject },
): Promise<Relayed> {
  const held = collector()
  const reader = { signal: client.signal, sink: held.sink }
  const { ended, verdict } = await watchCall(deps, gateway, reader)
  if (ended.kind === 'left') return undefined
  if (ended.kind === 'refused') return { error: ended.error, verdict }
  const answer = parse(held.bytes().toString('utf8'))
  if (ended.kind === 'cut' || answer === undefined) sendError(client, brokenAnswer())
  else if ('error' in answer) sendError(client, fromGoogleAnswer(500, JSON.stringify(answer)))
  else sendJson(client, tell(answer))
  return undefined
}

/** Reads a call and sees how its last attempt ended. */
async function watchCall(deps: OpenAiDeps, gateway: GatewayRequest, reader: CallReader) {
  let verdict: VerdictName | undefined
  const forward: OpenAiDeps['forward'] = {
    ...deps.forward,
    report(report) {
      ;({ verdict } = report.outcome)
      deps.forward.report(report)
    },
  }
  const ended = await readCall({ ...deps, forward }, gateway, reader)
  return { ended, verdict }
}

const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
}

async function relayStream(
  deps: OpenAiDeps,
  { client }: OpenAiRequest,
  { gateway, wantsUsage }: RelayCall,
): Promise<Relayed> {
  const splitter = createSseSplitter()
  const teller = createTeller(wantsUsage)
  const write = (events: readonly string[]): boolean =>
    events.length === 0 || client.write(Buffer.from(events.join('')))

  const { ended, verdict } = await watchCall(deps, gateway, {
    signal: client.signal,
    begin: () => client.begin(200, streamHeaders),
    sink: {
      write: (bytes) => write(teller.take(splitter.push(bytes))),
      onDrain: (resume) => client.onDrain(resume),
    },
  })
  if (ended.kind === 'left') return undefined
  if (ended.kind === 'refused') return { error: ended.error, verdict }
  write(teller.take(splitter.rest()))
  const failure = teller.failure()
  if (failure === undefined) client.end(endOfStream)
  else client.breakOff(streamEvent({ error: failure.error }))
  return undefined
}

/** What a client is told of Google's events, up to the first that fails. */
function createTeller(wantsUsage: boolean) {
  let state = freshRelay
  let failure: OpenAiError | undefined
  let isDone = false

  function tell(text: string): string[] {
    if (failure !== undefined || isDone) return []
    isDone = text === '[DONE]'
    if (isDone) return []
    const chunk = parse(text)
    failure = errorIn(chunk, text)
    if (chunk === undefined || failure !== undefined) return []
    const [next, told] = relayChunk(state, chunk)
    state = next
    if (wantsUsage) return [streamEvent(told)]
    const { usage, ...rest } = told
    const wasForUsage = usage !== undefined && listOf(told['choices']).length === 0
    return wasForUsage ? [] : [streamEvent(rest)]
  }

  return {
    take: (chunks: readonly string[]) => chunks.flatMap(tell),
    /** Why the stream, which is over, is not complete. */
    failure: () => (isDone ? undefined : (failure ?? brokenAnswer())),
  }
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
