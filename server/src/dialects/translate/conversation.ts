import { readAnswer, type GeminiAnswer } from '../../google/answers/gemini-answer.ts'
import { createSseSplitter, type ChunkSplitter } from '../../google/answers/stream-chunks.ts'
import type { GatewayRequest } from '../../gateway/request.ts'
import type { GenerateContentRequest } from '../../google/requests/gemini-request.ts'
import type { ClientSignal } from '../../runtime/streams/client-signal.ts'
import { brokenAnswer, notJson } from '../failures.ts'
import type { DialectServices } from '../services.ts'
import type { AnswerStream, NextCall } from './answer-stream.ts'
import { HeldAnswer } from './held-answer.ts'
import { withoutTools, type JsonDemand } from './json-demand.ts'
import type { Output } from './output.ts'
import { readCall, type CallEnd } from './read-call.ts'
import { isSignatureRefusal, withoutForeignSignatures } from './thought-signatures.ts'

/** One answer to a client, made of one or more calls. */
export type Conversation<Event> = {
  readonly request: GenerateContentRequest
  /** The gateway request for a body; all else is the same for each call. */
  readonly callFor: (body: GenerateContentRequest) => GatewayRequest
  readonly streams: boolean
  /** How many calls the answer needs, and what each one adds. */
  readonly calls: number
  readonly eachCall: Exclude<NextCall, 'continues'>
  readonly stream: AnswerStream<Event>
  readonly output: Output<Event>
  readonly signal: ClientSignal
  /** Set where the answer must be JSON that Google does not see to. */
  readonly json?: JsonDemand | undefined
}

/** Google splits answers every 65 536 tokens; no answer needs more calls than this. */
const maxContinuations = 32

type Services = Pick<DialectServices, 'gateway' | 'scrub' | 'now'>

/** Makes all calls of a conversation and writes their answers as one. */
export async function runConversation<Event>(
  services: Services,
  conversation: Conversation<Event>,
): Promise<void> {
  const { output, stream, json } = conversation
  const held = json && new HeldAnswer(json)
  let { request } = conversation
  /** The request before it was asked again without tools. */
  let asked: GenerateContentRequest | undefined
  let callsLeft = conversation.calls
  let continuations = 0
  let isRepaired = false
  try {
    for (;;) {
      const end = await readChunks(services, conversation, { request, held })
      if (end.kind === 'left') return
      if (end.kind === 'refused') {
        const { status, message } = end.failure
        const isRepairable = !isRepaired && isSignatureRefusal(status, message)
        if (!isRepairable || output.hasBegun) return output.fail(end.failure)
        isRepaired = true
        request = withoutForeignSignatures(request)
        continue
      }
      const { continuationToken } = held ?? stream
      if (end.kind === 'complete' && continuationToken && continuations < maxContinuations) {
        continuations += 1
        if (held === undefined) stream.nextCall('continues')
        else held.continues()
        request = { ...request, continuationToken }
        continue
      }
      if (json !== undefined && held !== undefined && !stream.hasFailed) {
        if (end.kind === 'cut') return output.fail(brokenAnswer())
        const text = held.unfitting()
        if (text !== undefined && asked !== undefined) return output.fail(notJson)
        if (text !== undefined) {
          held.discard(stream)
          asked = request
          request = withoutTools(request, json, text)
          continue
        }
        output.emit(held.release(stream))
        request = asked ?? request
        asked = undefined
      }
      callsLeft -= 1
      if (end.kind === 'cut' || callsLeft <= 0 || stream.hasFailed) {
        return output.finish(stream.end())
      }
      stream.nextCall(conversation.eachCall)
      request = withoutToken(request)
    }
  } finally {
    output.close()
  }
}

async function readChunks<Event>(
  services: Services,
  { callFor, streams, signal, stream, output }: Conversation<Event>,
  { request, held }: { request: GenerateContentRequest; held: HeldAnswer | undefined },
): Promise<CallEnd> {
  const splitter = streams ? createSseSplitter() : createWholeSplitter()
  const takeOne = (answer: GeminiAnswer | undefined): Event[] => {
    if (held === undefined || answer === undefined || answer.error) return stream.take(answer)
    held.push(answer)
    return []
  }
  /** False when the client is full. */
  const take = (chunks: readonly string[]): boolean => {
    const events = chunks.flatMap((chunk) => takeOne(readAnswer(chunk)))
    return events.length === 0 || output.emit(events)
  }
  const end = await readCall(services, callFor(request), {
    signal,
    sink: { write: (bytes) => take(splitter.push(bytes)), onDrain: output.onRoom },
  })
  if (end.kind === 'complete') take(splitter.flush())
  // A chunk before the cut is incomplete, unless only its blank line is missing.
  if (end.kind === 'cut') take(splitter.flush().filter((chunk) => readAnswer(chunk) !== undefined))
  return end.kind === 'cut' && !streams
    ? { kind: 'refused', failure: brokenAnswer(), last: undefined }
    : end
}

/** The whole body as one chunk. */
function createWholeSplitter(): ChunkSplitter {
  const pieces: Buffer[] = []
  return {
    push(bytes) {
      pieces.push(bytes)
      return []
    },
    flush: () => [Buffer.concat(pieces).toString('utf8')],
  }
}

function withoutToken(request: GenerateContentRequest): GenerateContentRequest {
  const { continuationToken: _dropped, ...rest } = request
  return rest
}
