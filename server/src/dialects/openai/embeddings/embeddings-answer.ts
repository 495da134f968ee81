import type { GatewayRequest } from '../../../gateway/request.ts'
import { idOf } from '../../../google/models/model-id.ts'
import type { ClientRequest } from '../../dialect.ts'
import { failure, FailureError } from '../../failures.ts'
import { resolveModel } from '../../resolve-model.ts'
import { callTo } from '../../translate/build-call.ts'
import { createCollector, readCall } from '../../translate/read-call.ts'
import { readRequest } from '../../translate/read-request.ts'
import { sendJson } from '../send-json.ts'
import type { OpenAiServices } from '../services.ts'
import {
  embeddingRequest,
  embeddingsOf,
  inputsPerCall,
  readEmbeddings,
  translateEmbeddings,
  type BatchAnswer,
} from './embeddings.ts'

/** `POST embeddings`, in as many calls as the inputs need. */
export async function answerEmbeddings(
  services: OpenAiServices,
  request: ClientRequest,
): Promise<void> {
  const { client } = request
  const parsed = readRequest(embeddingRequest, request.body)
  const model = resolveModel(services, idOf(parsed.model), parsed.model)
  const requests = translateEmbeddings(parsed, model.base)
  const answers: BatchAnswer[] = []
  for (let start = 0; start < requests.length; start += inputsPerCall) {
    const batch = requests.slice(start, start + inputsPerCall)
    const held = createCollector()
    const call = embeddingCall(services, request, { model: model.base, requests: batch })
    const end = await readCall(services, call, { signal: client.signal, sink: held.sink })
    if (end.kind === 'left') return
    if (end.kind === 'refused') throw new FailureError(end.failure)
    const answer = readEmbeddings(held.bytes().toString('utf8'))
    if (end.kind === 'cut' || answer?.embeddings.length !== batch.length) {
      throw new FailureError(incomplete)
    }
    answers.push(answer)
  }
  sendJson(client, embeddingsOf(parsed, answers))
}

type Batch = { readonly model: string; readonly requests: readonly object[] }

function embeddingCall(
  services: OpenAiServices,
  request: ClientRequest,
  { model, requests }: Batch,
): GatewayRequest {
  const body = Buffer.from(JSON.stringify({ requests }))
  const call = callTo(services, `models/${encodeURIComponent(model)}:batchEmbedContents`, 'unary')
  return {
    id: request.id,
    admitted: request.admit(model),
    key: {
      request: request.id,
      model,
      lane: model,
      estimatedInputTokens: Math.ceil(body.length / 4),
    },
    call: { ...call, body: [body], generates: false, usesResource: false },
    labels: {
      dialect: services.label,
      method: 'embeddings',
      caller: request.caller.id,
      streamed: false,
    },
  }
}

const incomplete = failure(
  'upstream_incomplete',
  'Google did not return a vector for every input. Send the request again.',
)
