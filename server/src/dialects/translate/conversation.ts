import type { GatewayRequest } from '../../gateway/forward.ts'
import { createSseSplitter, type ChunkSplitter } from '../../google/answers/stream-chunks.ts'
import type { ClientConnection } from '../../http/client-connection.ts'
import type { ChatEvent } from '../openai/chat/chat-events.ts'
import type { ChatOutput } from '../openai/chat/chat-output.ts'
import { ChatStream, type StreamOptions } from '../openai/chat/chat-stream.ts'
import { readAnswer } from '../../google/answers/gemini-answer.ts'
import type { GenerateContentRequest } from '../../google/requests/gemini-request.ts'
import { brokenAnswer } from '../openai/errors.ts'
import { readCall, type CallEnd } from './read-call.ts'
import type { OpenAiDeps } from '../openai/openai-deps.ts'
import { isSignatureRefusal, withoutForeignSignatures } from './thought-signatures.ts'

export type ChatSession = {
  readonly request: GenerateContentRequest
  /** The request of the gateway for a body: every call of a session differs in its body only. */
  readonly callFor: (body: GenerateContentRequest) => GatewayRequest
  readonly streams: boolean
  /** How many calls the answer takes, and whether each gives a choice of its own or adds to the one there is. */
  readonly calls: number
  readonly eachCall: 'next choice' | 'adds'
  readonly options: StreamOptions
  readonly output: ChatOutput
  readonly client: ClientConnection
  readonly keepSignature: (toolCallId: string, signature: string) => void
}

/** Google asks for a new call after every 65 536 tokens; nothing it writes is longer than all of these. */
const mostContinuations = 32

/** Asks Google as often as the answer needs, and tells the client as if it had been once. */
export async function answerChat(deps: OpenAiDeps, session: ChatSession): Promise<void> {
  const { output } = session
  const stream = new ChatStream(session.options)
  let { request } = session
  let callsLeft = session.calls
  let continuations = 0
  let isRepaired = false
  try {
    for (;;) {
      const take = (chunks: readonly string[]): boolean => {
        const events = chunks.flatMap((chunk) => stream.take(readAnswer(chunk)))
        keepSignatures(session, events)
        return events.length === 0 || output.emit(events)
      }
      const ended = await readChunks(deps, session, { request, take })
      if (ended.kind === 'left') return
      if (ended.kind === 'refused') {
        const { status, error } = ended.error
        const isRepairable = !isRepaired && isSignatureRefusal(status, error.message)
        if (!isRepairable || output.hasBegun) return output.fail(ended.error)
        isRepaired = true
        request = withoutForeignSignatures(request)
        continue
      }
      const { continuationToken } = stream
      if (ended.kind === 'complete' && continuationToken && continuations < mostContinuations) {
        continuations += 1
        stream.nextCall('continues')
        request = { ...request, continuationToken }
        continue
      }
      callsLeft -= 1
      if (ended.kind === 'cut' || callsLeft <= 0 || stream.hasFailed) {
        return output.finish(stream.end())
      }
      stream.nextCall(session.eachCall)
      request = withoutToken(request)
    }
  } finally {
    output.close()
  }
}

type Reading = {
  readonly request: GenerateContentRequest
  /** Takes the chunks that are complete; false when the client is full. */
  readonly take: (chunks: readonly string[]) => boolean
}

async function readChunks(
  deps: OpenAiDeps,
  { callFor, streams, client, output }: ChatSession,
  { request, take }: Reading,
): Promise<CallEnd> {
  const splitter = streams ? createSseSplitter() : createWholeSplitter()
  const ended = await readCall(deps, callFor(request), {
    signal: client.signal,
    sink: {
      write: (bytes) => take(splitter.push(bytes)),
      onDrain: output.onRoom,
    },
  })
  if (ended.kind === 'complete') take(splitter.rest())
  // What came of a chunk before the cut is no chunk, unless only its blank line is missing.
  if (ended.kind === 'cut') take(splitter.rest().filter((chunk) => readAnswer(chunk) !== undefined))
  return ended.kind === 'cut' && !streams ? { kind: 'refused', error: brokenAnswer() } : ended
}

function createWholeSplitter(): ChunkSplitter {
  const pieces: Buffer[] = []
  return {
    push(bytes) {
      pieces.push(bytes)
      return []
    },
    rest: () => [Buffer.concat(pieces).toString('utf8')],
  }
}

function keepSignatures(session: ChatSession, events: readonly ChatEvent[]): void {
  for (const event of events) {
    if (event.kind !== 'delta') continue
    for (const { id, extra_content: extra } of event.delta.tool_calls ?? []) {
      if (extra) session.keepSignature(id, extra.google.thought_signature)
    }
  }
}

function withoutToken(request: GenerateContentRequest): GenerateContentRequest {
  const { continuationToken: _dropped, ...rest } = request
  return rest
}
