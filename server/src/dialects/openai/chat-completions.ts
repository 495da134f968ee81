import { randomUUID } from 'node:crypto'
import { parseModelName, type ModelName } from '../../models/model-name.ts'
import { buildGenerateCall, type Target } from './build-call.ts'
import {
  createStreamOutput,
  createWholeOutput,
  type ChatOutput,
  type OutputOptions,
  type StreamOutputOptions,
} from './chat-output.ts'
import { chatRequest, type ChatRequest } from './chat-request.ts'
import { answerChat } from './chat-session.ts'
import { fetchRemoteMedia } from './fetch-remote-media.ts'
import { remoteMediaUrls } from './messages.ts'
import { modelTraits } from './model-traits.ts'
import { unsupportedModel } from './openai-error.ts'
import type { OpenAiDeps, OpenAiRequest, OpenAiSettings } from './openai-deps.ts'
import { createPacedOutput } from './paced-output.ts'
import { googleExtrasOf } from './parameters.ts'
import { readRequest } from './read-request.ts'
import { sendError } from './send-json.ts'
import type { TextPace } from './text-pace.ts'
import { translateRequest } from './translate-request.ts'
import { droppedFields, droppedHeader } from './warnings.ts'

/** `POST chat/completions`, by way of Gemini's own API. Throws InvalidRequest. */
export async function answerChatCompletions(
  deps: OpenAiDeps,
  request: OpenAiRequest,
  body: Buffer,
): Promise<void> {
  const chat = readRequest(chatRequest, body)
  const requested = chat.model.replace(/^models\//, '')
  const settings = deps.settings()
  const model = parseModelName(requested, settings, (id) => deps.catalogue.has(id))
  if (model === undefined) return sendError(request.client, unsupportedModel(chat.model))
  const traits = modelTraits(model.base)
  const urls = remoteMediaUrls(chat.messages, traits)
  const translated = translateRequest(chat, {
    traits,
    settings: { showThoughts: asksForThoughts(settings, model, requested) },
    media: await fetchRemoteMedia(deps.fetchMedia, urls, request.client.presence.signal),
    findSignature: (id) => deps.signatures.find(request.caller.id, id),
  })
  const streams = chat.stream === true
  const isFake = streams && settings.fakeStreamEnabled
  const target: Target = { model, requested, streams: streams && !isFake }
  const dropped = droppedFields(translated.warnings)
  const output = {
    client: request.client,
    envelope: {
      id: `chatcmpl-${request.id}`,
      created: Math.floor(deps.forward.clock.now() / 1000),
      model: chat.model,
    },
    headers: { 'x-request-id': request.id, ...(dropped ? { [droppedHeader]: dropped } : {}) },
  }
  await answerChat(deps, {
    request: translated.value,
    callFor: (one) => buildGenerateCall(deps, request, { target, body: one }),
    streams: target.streams,
    calls: translated.value.generationConfig?.candidateCount ? 1 : (chat.n ?? 1),
    options: {
      showThoughts: showsThoughts(settings, chat),
      showSearchLinks: settings.showSearchLink && model.search,
      newCallId: () => randomUUID().replaceAll('-', ''),
    },
    output: streams
      ? streamOutput(deps, output, {
          withUsage: chat.stream_options?.include_usage === true,
          keepAliveMs: settings.streamKeepAliveSeconds * 1000,
          heartbeatMs: isFake ? settings.fakeStreamEmptyDataIntervalSeconds * 1000 : 0,
        })
      : createWholeOutput(output),
    client: request.client,
    keepSignature: (id, signature) => deps.signatures.keep(request.caller.id, id, signature),
  })
}

function streamOutput(
  deps: OpenAiDeps,
  options: OutputOptions,
  stream: StreamOutputOptions,
): ChatOutput {
  const output = createStreamOutput(options, stream)
  if (!deps.settings().streamOptimizerEnabled) return output
  return createPacedOutput(output, options.client.presence.signal, () => paceOf(deps.settings()))
}

const paceOf = (settings: OpenAiSettings): TextPace => ({
  minDelayMs: settings.streamMinDelay * 1000,
  maxDelayMs: settings.streamMaxDelay * 1000,
  short: settings.streamShortTextThreshold,
  long: settings.streamLongTextThreshold,
  pieceSize: settings.streamChunkSize,
})

/** Where a suffix or a setting decides how the model thinks, it decides on thoughts too. */
function asksForThoughts(settings: OpenAiSettings, model: ModelName, requested: string): boolean {
  const { thinkingBudgetMap, showThinkingProcess } = settings
  const isDecided =
    model.nonThinking ||
    Object.hasOwn(thinkingBudgetMap, requested) ||
    Object.hasOwn(thinkingBudgetMap, model.base)
  return showThinkingProcess && !isDecided
}

/** Whoever asks for thoughts himself gets them. */
const showsThoughts = (settings: OpenAiSettings, chat: ChatRequest): boolean =>
  googleExtrasOf(chat)?.thinking_config?.include_thoughts ?? settings.showThinkingProcess
