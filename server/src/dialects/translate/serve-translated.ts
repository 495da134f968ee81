import { parseModelName, type ModelName } from '../../google/models/model-name.ts'
import { modelTraits, type ModelTraits } from '../../google/models/model-traits.ts'
import type { GenerateContentRequest } from '../../google/requests/gemini-request.ts'
import type { ClientRequest } from '../dialect.ts'
import { FailureError, unsupportedModel } from '../failures.ts'
import type { DialectServices } from '../services.ts'
import type { AnswerStream } from './answer-stream.ts'
import { buildGenerateCall, type Target } from './build-call.ts'
import { runConversation, type Conversation } from './conversation.ts'
import type { Output } from './output.ts'
import type { FindSignature } from './thought-signatures.ts'
import { droppedFields, type Translated } from './warnings.ts'

/** A client's format: how its requests become Gemini's, and Gemini's answer its events. */
export type Translation<Asked extends ParsedRequest, Event> = {
  /** What the request log calls it: `chat/completions`. */
  readonly method: string
  /** Reads a body. Throws ClientError that names the field. */
  parse(body: Buffer): Asked
  /** Says what it dropped. Throws ClientError. */
  toGemini(asked: Asked, context: TranslationContext): Promise<Translated<GenerateContentRequest>>
  /** How many calls the answer takes. */
  callsOf(
    asked: Asked,
    request: GenerateContentRequest,
  ): Pick<Conversation<Event>, 'calls' | 'eachCall'>
  createStream(asked: Asked, context: TranslationContext): AnswerStream<Event>
  createOutput(asked: Asked, options: OutputOptions): Output<Event>
}

/** What every format's request names. */
export type ParsedRequest = {
  /** As the client wrote it. */
  readonly model: string
  /** The model that serves it, suffixes still on it. */
  readonly requested: string
  readonly streams: boolean
}

export type TranslationContext = {
  readonly request: ClientRequest
  readonly model: ModelName
  readonly traits: ModelTraits
  readonly findSignature: FindSignature
  readonly keepSignature: (toolCallId: string, signature: string) => void
}

export type OutputOptions = {
  readonly request: ClientRequest
  /** Names of the fields that were dropped, for a header. */
  readonly dropped: string | undefined
}

type ServeOptions<Asked extends ParsedRequest, Event> = {
  readonly translation: Translation<Asked, Event>
  /** What the request log calls the dialect. */
  readonly dialect: string
}

/** Serves a request of a translated format by way of Gemini's own API. Throws ClientError, FailureError, AdmissionError. */
export async function serveTranslated<Asked extends ParsedRequest, Event>(
  services: DialectServices,
  request: ClientRequest,
  { translation, dialect }: ServeOptions<Asked, Event>,
): Promise<void> {
  const { settings, catalogue, signatures } = services
  const asked = translation.parse(request.body)
  const { requested } = asked
  const model = parseModelName(requested, settings(), (id) => catalogue.has(id))
  if (model === undefined) throw new FailureError(unsupportedModel(asked.model))
  const { id: caller } = request.caller
  const context: TranslationContext = {
    request,
    model,
    traits: modelTraits(model.base),
    findSignature: (id) => signatures.find(caller, id),
    keepSignature: (id, signature) => signatures.keep(caller, id, signature),
  }
  const { value, warnings } = await translation.toGemini(asked, context)
  const streams = asked.streams && !settings().fakeStreamEnabled
  const labels = { dialect, method: translation.method }
  const target: Target = { model, requested, streams, labels }
  const { calls, eachCall } = translation.callsOf(asked, value)
  await runConversation(services, {
    request: value,
    callFor: (body) => buildGenerateCall(services, request, { target, body }),
    streams,
    calls,
    eachCall,
    stream: translation.createStream(asked, context),
    output: translation.createOutput(asked, { request, dropped: droppedFields(warnings) }),
    signal: request.client.signal,
  })
}
