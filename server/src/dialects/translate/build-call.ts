import { conversationKey } from '../../google/requests/conversation-key.ts'
import type { Framing, UpstreamCall } from '../../google/upstream-call.ts'
import { headersForUpstream } from '../../gateway/forwarded-headers.ts'
import { type Headers } from '../../runtime/headers.ts'
import { demandsPaid } from '../demands-paid.ts'
import type { GatewayRequest } from '../../gateway/forward.ts'
import type { ModelName } from '../../google/models/model-name.ts'
import { prepareGenerate } from '../../google/requests/prepare-request.ts'
import type { GenerateContentRequest } from '../../google/requests/gemini-request.ts'
import type { OpenAiDeps, OpenAiRequest } from '../openai/openai-deps.ts'

export type Target = {
  readonly model: ModelName
  readonly requested: string
  readonly streams: boolean
}

/** A translated request as the gateway takes it, with what the model's name and the settings add. */
export function buildGenerateCall(
  deps: OpenAiDeps,
  request: OpenAiRequest,
  { target, body }: { target: Target; body: GenerateContentRequest },
): GatewayRequest {
  const { model, requested, streams } = target
  const prepared = prepareGenerate({
    body: Buffer.from(JSON.stringify(body)),
    model,
    requested,
    settings: deps.settings(),
  })
  const method = streams ? 'streamGenerateContent?alt=sse' : 'generateContent'
  return {
    id: request.id,
    ask: {
      request: request.id,
      model: model.base,
      lane: model.base,
      estimatedInputTokens: prepared.estimatedInputTokens,
      conversation: conversationKey(request.caller.id, prepared.opening),
      paidOnly: demandsPaid(request.raw),
    },
    call: {
      method: 'POST',
      path: pathOf(deps, `models/${encodeURIComponent(model.base)}:${method}`),
      headers: headersOf(deps),
      framing: streams ? 'sse' : 'unary',
      body: prepared.body,
      generates: true,
      usesResource: prepared.usesResource,
    },
    patienceMs: undefined,
    labels: {
      dialect: request.dialect,
      method: 'chat/completions',
      caller: request.caller.id,
      streamed: streams,
    },
  }
}

/** A POST of JSON to Google, but for its body. */
export function callTo(
  deps: OpenAiDeps,
  path: string,
  framing: Framing,
): Pick<UpstreamCall, 'method' | 'path' | 'headers' | 'framing'> {
  return { method: 'POST', path: pathOf(deps, path), headers: headersOf(deps), framing }
}

const pathOf = (deps: OpenAiDeps, path: string): string => `/${deps.version()}/${path}`

function headersOf(deps: OpenAiDeps): Headers {
  const headers = headersForUpstream({}, deps.settings().customHeaders)
  headers['content-type'] = 'application/json'
  return headers
}
