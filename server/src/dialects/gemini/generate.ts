import { headersForUpstream } from '../../gateway/forwarded-headers.ts'
import type { GatewayRequest } from '../../gateway/request.ts'
import type { ModelName } from '../../google/models/model-name.ts'
import { conversationKey } from '../../google/requests/conversation-key.ts'
import { MalformedJson } from '../../google/requests/json/json-scanner.ts'
import { prepareGenerate, type Prepared } from '../../google/requests/prepare-generate.ts'
import type { Framing, UpstreamCall, UpstreamMethod } from '../../google/upstream-call.ts'
import { demandsPaid } from '../demands-paid.ts'
import type { ClientRequest } from '../dialect.ts'
import { failure, FailureError } from '../failures.ts'
import { resolveModel } from '../resolve-model.ts'
import type { DialectServices } from '../services.ts'
import { createNativeReceiver } from './native-receiver.ts'
import { labelOf, laneOf } from './methods.ts'
import { queryForUpstream, type GeminiPath } from './path.ts'

/** A call of a model's method, with the names that the client sent. */
export type ModelCall = {
  readonly path: Extract<GeminiPath, { kind: 'call' }>
  readonly version: string
  readonly verb: UpstreamMethod
}

/** Serves `POST models/x:method`. */
export async function callModel(
  services: DialectServices,
  request: ClientRequest,
  modelCall: ModelCall,
): Promise<void> {
  const { gateway, scrub, now } = services
  const model = nameOf(services, modelCall)
  const prepared = prepare(services, request.body, { modelCall, model })
  const framing = framingOf(modelCall.path.method, request.query)
  const receiver = createNativeReceiver({
    client: request.client,
    framing,
    model: model.base,
    scrub,
    now,
  })
  await gateway.forward(
    {
      id: request.id,
      admitted: request.admit(model.base),
      key: keyRequest(request, { modelCall, model, prepared }),
      call: upstreamCall(services, request, { modelCall, model, prepared, framing }),
      patienceMs: patienceOf(request),
      labels: {
        dialect: 'gemini',
        method: labelOf(modelCall.path.method),
        caller: request.caller.id,
        streamed: framing !== 'unary',
      },
    },
    receiver,
  )
}

/** Only names under `models/` have suffixes of the gateway. */
function nameOf(services: DialectServices, { path: { collection, model } }: ModelCall): ModelName {
  if (collection !== 'models') {
    return { base: model, search: false, image: false, nonThinking: false }
  }
  return resolveModel(services, model)
}

type ResolvedCall = { readonly modelCall: ModelCall; readonly model: ModelName }

function prepare(
  services: DialectServices,
  body: Buffer,
  { modelCall, model }: ResolvedCall,
): Prepared {
  if (!generates(modelCall.path.method)) return untouched(body)
  try {
    return prepareGenerate({
      body,
      model,
      requested: modelCall.path.model,
      settings: services.settings(),
      cleansSchemas: true,
    })
  } catch (error) {
    if (error instanceof MalformedJson) throw notJson(error)
    throw error
  }
}

function untouched(body: Buffer): Prepared {
  return {
    body: body.length === 0 ? [] : [body],
    estimatedInputTokens: Math.ceil(body.length / 4),
    usesResource: false,
    opening: [],
  }
}

type PreparedCall = ResolvedCall & { readonly prepared: Prepared; readonly framing: Framing }

function upstreamCall(
  { settings }: DialectServices,
  { raw, query }: ClientRequest,
  { modelCall, model, prepared, framing }: PreparedCall,
): UpstreamCall {
  const { verb, version, path } = modelCall
  const { collection, method } = path
  const name = encodeURIComponent(model.base)
  return {
    method: verb,
    path: `/${version}/${collection}/${name}:${method}${queryForUpstream(query)}`,
    headers: headersForUpstream(raw.headers, settings().customHeaders),
    body: prepared.body,
    framing,
    generates: generates(method),
    usesResource: prepared.usesResource,
  }
}

function keyRequest(
  { id, caller, raw }: ClientRequest,
  { modelCall, model, prepared }: Omit<PreparedCall, 'framing'>,
): GatewayRequest['key'] {
  const { opening, estimatedInputTokens } = prepared
  return {
    request: id,
    model: model.base,
    lane: laneOf(model.base, modelCall.path.method),
    estimatedInputTokens,
    conversation: opening.length === 0 ? undefined : conversationKey(caller.id, opening),
    paidOnly: demandsPaid(raw),
  }
}

const generates = (method: string) =>
  method === 'generateContent' || method === 'streamGenerateContent'

function framingOf(method: string, query: URLSearchParams | undefined): Framing {
  if (method !== 'streamGenerateContent') return 'unary'
  return query?.get('alt') === 'sse' || query?.get('$alt') === 'sse' ? 'sse' : 'array'
}

/** The client's time-out; Google's SDKs send it in seconds. */
function patienceOf({ raw }: ClientRequest): number | undefined {
  const seconds = Number.parseFloat(String(raw.headers['x-server-timeout'] ?? ''))
  return seconds > 0 ? seconds * 1000 : undefined
}

const notJson = ({ at }: MalformedJson) =>
  new FailureError(
    failure(
      'invalid_body',
      `Invalid JSON payload received. The request body must be one JSON object; it is invalid at byte ${at}.`,
    ),
  )
