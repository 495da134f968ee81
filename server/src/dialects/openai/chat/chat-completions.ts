import { randomUUID } from 'node:crypto'
import type { ModelName } from '../../../google/models/model-name.ts'
import type { GenerateContentRequest } from '../../../google/requests/gemini-request.ts'
import type { DialectServices } from '../../services.ts'
import { fetchRemoteMedia } from '../../translate/fetch-remote-media.ts'
import { readRequest } from '../../translate/read-request.ts'
import type {
  ParsedRequest,
  Translation,
  TranslationContext,
} from '../../translate/serve-translated.ts'
import type { Translated } from '../../translate/warnings.ts'
import type { ChatEvent } from './chat-events.ts'
import { chatRequest, type ChatRequest } from './chat-request.ts'
import { ChatStream } from './chat-stream.ts'
import { imageModelFor, readImageOptions, type ImageOptions } from './image-chat.ts'
import { remoteMediaUrls } from './messages.ts'
import { outputFor } from './output-for.ts'
import { googleExtrasOf } from './parameters.ts'
import { suppressedSearch, translateRequest } from './translate-request.ts'

type ParsedChat = ParsedRequest & {
  readonly chat: ChatRequest
  /** Which pictures are wanted, where the model's name asks for pictures. */
  readonly imageOptions: ImageOptions | undefined
}

type Services = Pick<DialectServices, 'settings' | 'fetchMedia' | 'now'>
type ChatSettings = ReturnType<Services['settings']>

/** `POST chat/completions`, by way of Gemini's own API. */
export function chatCompletions(services: Services): Translation<ParsedChat, ChatEvent> {
  return {
    method: 'chat/completions',
    parse: (body) => parse(body, services.settings()),
    toGemini: (asked, context) => toGemini(services, asked, context),
    callsOf: ({ chat, imageOptions }, { generationConfig }) => ({
      calls: generationConfig?.candidateCount ? 1 : (imageOptions?.count ?? chat.n ?? 1),
      eachCall: imageOptions ? 'adds' : 'next choice',
    }),
    createStream: ({ chat, imageOptions }, { model, keepSignature }) =>
      new ChatStream({
        showThoughts: showsThoughts(services.settings(), chat),
        showSearchLinks: services.settings().showSearchLink && model.search,
        numbersImages: imageOptions !== undefined,
        newCallId: () => randomUUID().replaceAll('-', ''),
        keepSignature,
      }),
    createOutput: ({ chat }, options) => outputFor(services, chat, options),
  }
}

function parse(body: Buffer, settings: ChatSettings): ParsedChat {
  const chat = readRequest(chatRequest, body)
  const named = chat.model.replace(/^models\//, '')
  const painter = imageModelFor(named, settings)
  return {
    chat,
    model: chat.model,
    requested: painter ?? named,
    streams: chat.stream === true,
    imageOptions: painter === undefined ? undefined : readImageOptions(chat),
  }
}

async function toGemini(
  { settings, fetchMedia }: Services,
  { chat: given, requested, imageOptions }: ParsedChat,
  { request, model, traits, findSignature }: TranslationContext,
): Promise<Translated<GenerateContentRequest>> {
  // Pictures are asked for one after the other, and come in one answer.
  const chat = imageOptions ? { ...imageOptions.chat, n: undefined } : given
  const urls = remoteMediaUrls(chat.messages, traits)
  const { value, warnings } = translateRequest(chat, {
    traits,
    settings: { showThoughts: requestsThoughts(settings(), model, requested) },
    media: await fetchRemoteMedia(fetchMedia, urls, request.client.signal),
    findSignature,
  })
  const suppressed = model.search ? suppressedSearch(value) : []
  return {
    value: withAspectRatio(value, imageOptions?.aspectRatio),
    warnings: [...warnings, ...suppressed],
  }
}

function withAspectRatio(
  request: GenerateContentRequest,
  aspectRatio: string | undefined,
): GenerateContentRequest {
  if (aspectRatio === undefined) return request
  const imageConfig = { ...request.generationConfig?.imageConfig, aspectRatio }
  return { ...request, generationConfig: { ...request.generationConfig, imageConfig } }
}

/** Where a suffix or a setting decides how the model thinks, it decides on thoughts too. */
function requestsThoughts(settings: ChatSettings, model: ModelName, requested: string): boolean {
  const { thinkingBudgetMap, showThinkingProcess } = settings
  const isDecided =
    model.nonThinking ||
    Object.hasOwn(thinkingBudgetMap, requested) ||
    Object.hasOwn(thinkingBudgetMap, model.base)
  return showThinkingProcess && !isDecided
}

/** A client that asks for thoughts itself gets them. */
const showsThoughts = (settings: ChatSettings, chat: ChatRequest): boolean =>
  googleExtrasOf(chat)?.thinking_config?.include_thoughts ?? settings.showThinkingProcess
