import { randomUUID } from 'node:crypto'
import { parseModelName, type ModelName } from '../../../google/models/model-name.ts'
import { buildGenerateCall, type Target } from '../../translate/build-call.ts'
import { chatRequest, type ChatRequest } from './chat-request.ts'
import { answerChat } from '../../translate/conversation.ts'
import { fetchRemoteMedia } from '../../translate/fetch-remote-media.ts'
import type { GenerateContentRequest } from '../../../google/requests/gemini-request.ts'
import { paintingModel, readImageWish, type ImageWish } from './image-chat.ts'
import { remoteMediaUrls } from './messages.ts'
import { modelTraits } from '../../../google/models/model-traits.ts'
import { unsupportedModel } from '../errors.ts'
import type { OpenAiDeps, OpenAiRequest, OpenAiSettings } from '../openai-deps.ts'
import { outputFor } from './output-for.ts'
import { googleExtrasOf } from './parameters.ts'
import { readRequest } from '../../translate/read-request.ts'
import { sendError } from '../send-json.ts'
import { suppressedSearch, translateRequest } from './translate-request.ts'
import { droppedFields, type Translated } from '../../translate/warnings.ts'

/** `POST chat/completions`, by way of Gemini's own API. Throws InvalidRequest. */
export async function answerChatCompletions(
  deps: OpenAiDeps,
  request: OpenAiRequest,
  body: Buffer,
): Promise<void> {
  const chat = readRequest(chatRequest, body)
  const settings = deps.settings()
  const named = chat.model.replace(/^models\//, '')
  const painter = paintingModel(named, settings)
  const requested = painter ?? named
  const model = parseModelName(requested, settings, (id) => deps.catalogue.has(id))
  if (model === undefined) return sendError(request.client, unsupportedModel(chat.model))
  const asked: Asked = {
    chat,
    model,
    requested,
    wish: painter === undefined ? undefined : readImageWish(chat),
  }
  const translated = await translate(deps, request, asked)
  const streams = chat.stream === true
  const isFake = streams && settings.fakeStreamEnabled
  const target: Target = { model, requested, streams: streams && !isFake }
  await answerChat(deps, {
    request: translated.value,
    callFor: (one) => buildGenerateCall(deps, request, { target, body: one }),
    streams: target.streams,
    calls: translated.value.generationConfig?.candidateCount ? 1 : countOf(asked),
    eachCall: asked.wish ? 'adds' : 'next choice',
    options: {
      showThoughts: showsThoughts(settings, chat),
      showSearchLinks: settings.showSearchLink && model.search,
      numbersImages: asked.wish !== undefined,
      newCallId: () => randomUUID().replaceAll('-', ''),
    },
    output: outputFor(deps, request, { chat, dropped: droppedFields(translated.warnings) }),
    client: request.client,
    keepSignature: (id, signature) => deps.signatures.keep(request.caller.id, id, signature),
  })
}

/** A request of a client's, its model's name read. */
type Asked = {
  readonly chat: ChatRequest
  readonly model: ModelName
  readonly requested: string
  /** What pictures are wished, where pictures are what the model's name asks for. */
  readonly wish: ImageWish | undefined
}

const countOf = ({ chat, wish }: Asked): number => wish?.count ?? chat.n ?? 1

async function translate(
  deps: OpenAiDeps,
  request: OpenAiRequest,
  { chat: given, model, requested, wish }: Asked,
): Promise<Translated<GenerateContentRequest>> {
  // Pictures are asked for one after the other, and come in one answer.
  const chat = wish ? { ...wish.chat, n: undefined } : given
  const traits = modelTraits(model.base)
  const urls = remoteMediaUrls(chat.messages, traits)
  const { value, warnings } = translateRequest(chat, {
    traits,
    settings: { showThoughts: asksForThoughts(deps.settings(), model, requested) },
    media: await fetchRemoteMedia(deps.fetchMedia, urls, request.client.signal),
    findSignature: (id) => deps.signatures.find(request.caller.id, id),
  })
  const suppressed = model.search ? suppressedSearch(value) : []
  const { aspectRatio } = wish ?? {}
  if (aspectRatio === undefined) return { value, warnings: [...warnings, ...suppressed] }
  const imageConfig = { ...value.generationConfig?.imageConfig, aspectRatio }
  const generationConfig = { ...value.generationConfig, imageConfig }
  return { value: { ...value, generationConfig }, warnings: [...warnings, ...suppressed] }
}

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
