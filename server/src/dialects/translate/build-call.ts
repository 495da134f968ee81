import { headersForUpstream } from '../../gateway/forwarded-headers.ts'
import type { GatewayRequest } from '../../gateway/request.ts'
import type { ModelName } from '../../google/models/model-name.ts'
import { conversationKey } from '../../google/requests/conversation-key.ts'
import type { GenerateContentRequest } from '../../google/requests/gemini-request.ts'
import { prepareGenerate } from '../../google/requests/prepare-generate.ts'
import type { Framing, UpstreamCall } from '../../google/upstream-call.ts'
import type { Headers } from '../../runtime/streams/headers.ts'
import { demandsPaid } from '../demands-paid.ts'
import type { ClientRequest } from '../dialect.ts'
import type { DialectServices } from '../services.ts'

export type Target = {
  readonly model: ModelName
  /** The model name with its suffixes. */
  readonly requested: string
  readonly streams: boolean
  /** Labels for the request log. */
  readonly labels: { readonly dialect: string; readonly method: string }
}

type Services = Pick<DialectServices, 'settings' | 'gateway'>

/** The gateway request for a translated body, with the additions of the model name and the settings. */
export function buildGenerateCall(
  services: Services,
  request: ClientRequest,
  { target, body }: { target: Target; body: GenerateContentRequest },
): GatewayRequest {
  const { model, requested, streams, labels } = target
  const prepared = prepareGenerate({
    body: Buffer.from(JSON.stringify(body)),
    model,
    requested,
    settings: services.settings(),
  })
  const method = streams ? 'streamGenerateContent?alt=sse' : 'generateContent'
  return {
    id: request.id,
    admitted: request.admit(model.base),
    key: {
      request: request.id,
      model: model.base,
      lane: model.base,
      estimatedInputTokens: prepared.estimatedInputTokens,
      conversation: conversationKey(request.caller.id, prepared.opening),
      paidOnly: demandsPaid(request.raw),
    },
    call: {
      method: 'POST',
      path: pathOf(services, `models/${encodeURIComponent(model.base)}:${method}`),
      headers: headersOf(services),
      framing: streams ? 'sse' : 'unary',
      body: prepared.body,
      generates: true,
      usesResource: prepared.usesResource,
    },
    labels: {
      dialect: labels.dialect,
      method: labels.method,
      caller: request.caller.id,
      streamed: streams,
    },
  }
}

/** A JSON POST to Google, without the body. */
export function callTo(
  services: Services,
  path: string,
  framing: Framing,
): Pick<UpstreamCall, 'method' | 'path' | 'headers' | 'framing'> {
  return { method: 'POST', path: pathOf(services, path), headers: headersOf(services), framing }
}

const pathOf = ({ gateway }: Services, path: string): string => `/${gateway.version()}/${path}`

function headersOf({ settings }: Services): Headers {
  const headers = headersForUpstream({}, settings().customHeaders)
  headers['content-type'] = 'application/json'
  return headers
}
