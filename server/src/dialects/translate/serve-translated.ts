import type { ModelName } from '../../google/models/model-name.ts'
import { modelTraits, type ModelTraits } from '../../google/models/model-traits.ts'
import type { GenerateContentRequest } from '../../google/requests/gemini-request.ts'
import type { ClientRequest } from '../dialect.ts'
import { resolveModel } from '../resolve-model.ts'
import type { RemoteMedia } from '../media/remote-media.ts'
import type { DialectServices } from '../services.ts'
import type { AnswerStream } from './answer-stream.ts'
import { buildGenerateCall, type Target } from './build-call.ts'
import { runConversation, type Conversation } from './conversation.ts'
import type { JsonDemand } from './json-demand.ts'
import type { Output } from './output.ts'
import type { FindSignature } from './thought-signatures.ts'
import { droppedFields, type Translated } from './warnings.ts'

/** A client's format: converts its requests to Gemini's and Gemini's answers to its events. */
export type Translation<Parsed extends ParsedRequest, Event> = {
  /** Method label for the request log: `chat/completions`. */
  readonly method: string
  /** Throws ClientError with the field. */
  parse(body: Buffer): Parsed
  /** Reports dropped fields as warnings. Throws ClientError. */
  toGemini(parsed: Parsed, context: TranslationContext): Promise<TranslatedRequest>
  /** How many calls the answer needs. */
  callsOf(
    parsed: Parsed,
    request: GenerateContentRequest,
  ): Pick<Conversation<Event>, 'calls' | 'eachCall'>
  createStream(parsed: Parsed, context: TranslationContext): AnswerStream<Event>
  createOutput(parsed: Parsed, options: OutputOptions): Output<Event>
}

export type TranslatedRequest = Translated<GenerateContentRequest> & {
  readonly json: JsonDemand | undefined
}

/** What a parsed request of any format contains. */
export type ParsedRequest = {
  /** The model name as the client sent it. */
  readonly model: string
  /** The name of the model that serves it, with suffixes. */
  readonly requested: string
  readonly streams: boolean
}

export type TranslationContext = {
  readonly request: ClientRequest
  readonly model: ModelName
  readonly traits: ModelTraits
  readonly findSignature: FindSignature
  readonly keepSignature: (toolCallId: string, signature: string) => void
  /** Fetches the request's remote files, which are held until its answer has ended. */
  readonly fetchFiles: RemoteMedia['fetch']
}

export type OutputOptions = {
  readonly request: ClientRequest
  /** Value of the header that names dropped fields. */
  readonly dropped: string | undefined
}

type ServeOptions<Parsed extends ParsedRequest, Event> = {
  readonly translation: Translation<Parsed, Event>
  /** Dialect label for the request log. */
  readonly dialect: string
}

/** Serves a request of a translated format through Gemini's own API. Throws ClientError, FailureError, AdmissionError. */
export async function serveTranslated<Parsed extends ParsedRequest, Event>(
  services: DialectServices,
  request: ClientRequest,
  options: ServeOptions<Parsed, Event>,
): Promise<void> {
  const files = services.media.open(request.client.signal)
  try {
    await serveWithFiles(services, request, { fetchFiles: files.fetch, ...options })
  } finally {
    files.release()
  }
}

async function serveWithFiles<Parsed extends ParsedRequest, Event>(
  services: DialectServices,
  request: ClientRequest,
  {
    translation,
    dialect,
    fetchFiles,
  }: ServeOptions<Parsed, Event> & Pick<TranslationContext, 'fetchFiles'>,
): Promise<void> {
  const { settings, signatures } = services
  const parsed = translation.parse(request.body)
  const { requested } = parsed
  const model = resolveModel(services, requested, parsed.model)
  const { id: caller } = request.caller
  const context: TranslationContext = {
    request,
    model,
    traits: modelTraits(model.base),
    findSignature: (id) => signatures.find(caller, id),
    keepSignature: (id, signature) => signatures.keep(caller, id, signature),
    fetchFiles,
  }
  const { value, warnings, json } = await translation.toGemini(parsed, context)
  const streams = parsed.streams && !settings().fakeStreamEnabled
  const labels = { dialect, method: translation.method }
  const target: Target = { model, requested, streams, labels }
  const { calls, eachCall } = translation.callsOf(parsed, value)
  await runConversation(services, {
    request: value,
    callFor: (body) => buildGenerateCall(services, request, { target, body }),
    streams,
    calls,
    eachCall,
    stream: translation.createStream(parsed, context),
    output: translation.createOutput(parsed, { request, dropped: droppedFields(warnings) }),
    signal: request.client.signal,
    json,
  })
}
