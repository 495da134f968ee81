import type { GatewayRequest } from '../../../gateway/forward.ts'
import { callTo } from '../../translate/build-call.ts'
import { ClientError } from '../../translate/client-error.ts'
import { isObject, type JsonObject } from '../../../runtime/json-value.ts'
import type { OpenAiDeps, OpenAiRequest } from '../openai-deps.ts'
import { demandsPaid } from '../../demands-paid.ts'

export type Endpoint = 'chat/completions' | 'embeddings' | 'images/generations'

export type RelayCall = {
  readonly gateway: GatewayRequest
  readonly streams: boolean
  /** Whether the client asked for the usage of a stream; the gateway asks in any case. */
  readonly wantsUsage: boolean
}

/** A request as it came, but for `top_k`, which Google's OpenAI endpoint refuses. */
export function relayCall(
  deps: OpenAiDeps,
  request: OpenAiRequest,
  { endpoint, body }: { endpoint: Endpoint; body: Buffer },
): RelayCall {
  const { top_k: _refused, ...wanted } = readBodyObject(body)
  const streams = wanted['stream'] === true
  const options = isObject(wanted['stream_options']) ? wanted['stream_options'] : {}
  const sent = streams ? { ...wanted, stream_options: { ...options, include_usage: true } } : wanted
  const bytes = Buffer.from(JSON.stringify(sent))
  const model = typeof wanted['model'] === 'string' ? wanted['model'].replace(/^models\//, '') : ''
  return {
    streams,
    wantsUsage: options['include_usage'] === true,
    gateway: {
      id: request.id,
      ask: {
        request: request.id,
        model,
        lane: model,
        estimatedInputTokens: Math.ceil(bytes.length / 4),
        bearerOnly: true,
        ...(demandsPaid(request.raw) ? { paidOnly: true } : {}),
      },
      call: {
        ...callTo(deps, `openai/${endpoint}`, streams ? 'sse' : 'unary'),
        body: [bytes],
        generates: true,
        usesResource: false,
        credential: 'bearer',
        shape: 'openai',
      },
      patienceMs: undefined,
      // What can be translated need not wait for a key that can travel so.
      waits: endpoint === 'images/generations',
      labels: {
        dialect: request.dialect,
        method: endpoint,
        caller: request.caller.id,
        streamed: streams,
      },
    },
  }
}

/** `GET models`, or `GET models/x`, whose lane is the model's: that it is not found says nothing of others. */
export function modelsCall(
  deps: OpenAiDeps,
  request: OpenAiRequest,
  model?: string,
): GatewayRequest {
  const path = model === undefined ? 'models' : `models/${encodeURIComponent(model)}`
  const { method: _post, ...call } = callTo(deps, `openai/${path}`, 'unary')
  return {
    id: request.id,
    ask: {
      request: request.id,
      model: model ?? '',
      lane: model ?? '',
      estimatedInputTokens: 0,
      bearerOnly: true,
    },
    call: {
      ...call,
      method: 'GET',
      body: [],
      generates: true,
      usesResource: false,
      credential: 'bearer',
      shape: 'openai',
    },
    patienceMs: undefined,
    waits: false,
    labels: {
      dialect: request.dialect,
      method: 'models',
      caller: request.caller.id,
      streamed: false,
    },
  }
}

function readBodyObject(body: Buffer): JsonObject {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    if (isObject(value)) return value
  } catch (cause) {
    throw new ClientError('The body of the request is not valid JSON.', { cause })
  }
  throw new ClientError('The body of the request is not a JSON object.')
}
