import { randomUUID } from 'node:crypto'
import { idOf } from '../../../google/models/model-id.ts'
import type { ModelName } from '../../../google/models/model-name.ts'
import type { GenerateContentRequest } from '../../../google/requests/gemini-request.ts'
import type { DialectServices } from '../../services.ts'
import type { ToolNames } from '../../translate/tool-names.ts'
import { readRequest } from '../../translate/read-request.ts'
import type {
  ParsedRequest,
  TranslatedRequest,
  Translation,
  TranslationContext,
} from '../../translate/serve-translated.ts'
import type { ChatEvent } from './answer/chat-events.ts'
import { chatRequest, type ChatRequest } from './request/chat-request.ts'
import { ChatStream } from './answer/chat-stream.ts'
import { imageModelFor, readImageOptions, type ImageOptions } from './request/image-chat.ts'
import { remoteFilesOf } from './request/messages.ts'
import { outputFor } from './answer/output-for.ts'
import { googleExtrasOf } from './request/google-extras.ts'
import { requestToolNames } from './request/request-tool-names.ts'
import { suppressedSearch, translateRequest } from './request/translate-request.ts'

type ParsedChat = ParsedRequest & {
  readonly chat: ChatRequest
  /** Set for the chat name of an image model. */
  readonly imageOptions: ImageOptions | undefined
  readonly toolNames: ToolNames
}

type Services = Pick<DialectServices, 'settings' | 'now'>
type ChatSettings = ReturnType<Services['settings']>

/** `POST chat/completions`, served through Gemini's own API. */
export function chatCompletions(services: Services): Translation<ParsedChat, ChatEvent> {
  return {
    method: 'chat/completions',
    parse: (body) => parse(body, services.settings()),
    toGemini: (parsed, context) => toGemini(services, parsed, context),
    callsOf: ({ chat, imageOptions }, { generationConfig }) => ({
      calls: generationConfig?.candidateCount ? 1 : (imageOptions?.count ?? chat.n ?? 1),
      eachCall: imageOptions ? 'adds' : 'next choice',
    }),
    createStream: ({ chat, imageOptions, toolNames }, { model, keepSignature }) =>
      new ChatStream({
        showThoughts: showsThoughts(services.settings(), chat),
        showSearchLinks: services.settings().showSearchLink && model.search && !asksForJson(chat),
        numbersImages: imageOptions !== undefined,
        newCallId: () => randomUUID().replaceAll('-', ''),
        keepSignature,
        clientToolName: toolNames.toClient,
        callForm: usesLegacyCalls(chat) ? 'function_call' : 'tool_calls',
      }),
    createOutput: ({ chat }, options) => outputFor(services, chat, options),
  }
}

function parse(body: Buffer, settings: ChatSettings): ParsedChat {
  const chat = readRequest(chatRequest, body)
  const named = idOf(chat.model)
  const imageModel = imageModelFor(named, settings)
  return {
    chat,
    model: chat.model,
    requested: imageModel ?? named,
    streams: chat.stream === true,
    imageOptions: imageModel === undefined ? undefined : readImageOptions(chat),
    toolNames: requestToolNames(chat),
  }
}

/** Anything beside JSON would break it. */
const asksForJson = ({ response_format: format }: ChatRequest): boolean =>
  format?.type === 'json_object' || format?.type === 'json_schema'

/** Whether the client declares its functions in OpenAI's form before `tools`. */
const usesLegacyCalls = ({ tools, functions }: ChatRequest): boolean =>
  (functions ?? []).length > 0 && (tools ?? []).length === 0

async function toGemini(
  { settings }: Services,
  { chat: given, requested, imageOptions, toolNames }: ParsedChat,
  { model, traits, findSignature, fetchFiles }: TranslationContext,
): Promise<TranslatedRequest> {
  // Each image is a separate call; all of them are one choice.
  const chat = imageOptions ? { ...imageOptions.chat, n: undefined } : given
  const { value, warnings, json } = translateRequest(chat, {
    traits,
    settings: { showThoughts: requestsThoughts(settings(), model, requested) },
    files: await fetchFiles(remoteFilesOf(chat.messages, traits)),
    findSignature,
    toolNames,
  })
  const suppressed = model.search ? suppressedSearch(value) : []
  return {
    value: withAspectRatio(value, imageOptions?.aspectRatio),
    warnings: [...warnings, ...suppressed],
    json,
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

/** Thoughts are not requested when a suffix or a setting controls thinking. */
function requestsThoughts(settings: ChatSettings, model: ModelName, requested: string): boolean {
  const { thinkingBudgetMap, showThinkingProcess } = settings
  const isDecided =
    model.nonThinking ||
    Object.hasOwn(thinkingBudgetMap, requested) ||
    Object.hasOwn(thinkingBudgetMap, model.base)
  return showThinkingProcess && !isDecided
}

/** `include_thoughts` of the client overrides the setting. */
const showsThoughts = (settings: ChatSettings, chat: ChatRequest): boolean =>
  googleExtrasOf(chat)?.thinking_config?.include_thoughts ?? settings.showThinkingProcess
