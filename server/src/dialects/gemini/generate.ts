import type { Framing, UpstreamCall } from '../../google/upstream-call.ts'
import { headersForUpstream } from '../../gateway/forwarded-headers.ts'
import { forward } from '../../gateway/forward.ts'
import type { KeyRequest } from '../../keys/types.ts'
import { parseModelName, type ModelName } from '../../google/models/model-name.ts'
import { demandsPaid } from '../demands-paid.ts'
import { conversationKey } from '../../google/requests/conversation-key.ts'
import { googleError } from './errors.ts'
import { MalformedJson } from '../../google/requests/json-scanner.ts'
import type { GeminiDeps, NativeRequest } from './native-deps.ts'
import { createNativeReceiver } from './native-receiver.ts'
import { queryForUpstream, type GeminiPath } from './path.ts'
import { prepareGenerate, type Prepared } from '../../google/requests/prepare-request.ts'
import { send } from './send.ts'

export type ModelCall = Omit<Extract<GeminiPath, { kind: 'call' }>, 'kind'> & {
  readonly body: Buffer
}

/** `POST models/x:method`: the call as Google is to have it, and its answer to the client. */
export async function callModel(
  deps: GeminiDeps,
  request: NativeRequest,
  modelCall: ModelCall,
): Promise<void> {
  const model = nameOf(deps, modelCall)
  if (model === undefined) return send(request.client, notSupported(modelCall.model))
  const prepared = prepare(deps, modelCall, model)
  if (prepared instanceof MalformedJson) return send(request.client, notJson(prepared))

  const { method } = modelCall
  const framing = framingOf(method, request.query)
  const call: UpstreamCall = {
    method: request.method,
    path: `/${request.version}/${modelCall.collection}/${encodeURIComponent(model.base)}:${method}${queryForUpstream(request.query)}`,
    headers: headersForUpstream(request.raw.headers, deps.settings().customHeaders),
    body: prepared.body,
    framing,
    generates: generates(method),
    usesResource: prepared.usesResource,
  }
  const receiver = createNativeReceiver({
    client: request.client,
    framing,
    model: model.base,
    scrub: deps.scrub,
    now: deps.forward.clock.now,
  })
  await forward(
    deps.forward,
    {
      id: request.id,
      ask: askFor(request, { model, method, prepared }),
      call,
      patienceMs: patienceOf(request),
      labels: {
        dialect: 'gemini',
        method,
        caller: request.caller.id,
        streamed: framing !== 'unary',
      },
    },
    receiver,
  )
}

/** Tuned models and the like have no suffixes of ours. */
function nameOf(deps: GeminiDeps, { collection, model }: ModelCall): ModelName | undefined {
  if (collection !== 'models')
    return { base: model, search: false, image: false, nonThinking: false }
  return parseModelName(model, deps.settings(), (id) => deps.catalogue.has(id))
}

function prepare(
  deps: GeminiDeps,
  { body, method, model: requested }: ModelCall,
  model: ModelName,
) {
  if (!generates(method)) return untouched(body)
  try {
    return prepareGenerate({
      body,
      model,
      requested,
      settings: deps.settings(),
      cleansSchemas: true,
    })
  } catch (error) {
    if (error instanceof MalformedJson) return error
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

type Asking = { readonly model: ModelName; readonly method: string; readonly prepared: Prepared }

function askFor(
  { id, caller, raw }: NativeRequest,
  { model, method, prepared }: Asking,
): KeyRequest {
  const { opening, estimatedInputTokens } = prepared
  return {
    request: id,
    model: model.base,
    // Google counts tokens against a quota of its own.
    lane: method === 'countTokens' ? `${model.base}:countTokens` : model.base,
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

/** SDKs say how long they will wait, in seconds. */
function patienceOf({ raw }: NativeRequest): number | undefined {
  const seconds = Number.parseFloat(String(raw.headers['x-server-timeout'] ?? ''))
  return seconds > 0 ? seconds * 1000 : undefined
}

const notSupported = (model: string) =>
  googleError({ code: 400, status: 'INVALID_ARGUMENT', message: `Model ${model} is not supported` })

const notJson = ({ at }: MalformedJson) =>
  googleError({
    code: 400,
    status: 'INVALID_ARGUMENT',
    message: `Invalid JSON payload received. The request body must be one JSON object; it is not from byte ${at} on.`,
  })
