import { parseModelName } from '../../../google/models/model-name.ts'
import { callTo } from '../../translate/build-call.ts'
import {
  embeddingRequest,
  embeddingsOf,
  inputsPerCall,
  readEmbeddings,
  translateEmbeddings,
  type BatchAnswer,
} from './embeddings.ts'
import { openAiError, unsupportedModel } from '../errors.ts'
import type { OpenAiDeps, OpenAiRequest } from '../openai-deps.ts'
import { collector, readCall } from '../../translate/read-call.ts'
import { readRequest } from '../../translate/read-request.ts'
import { sendError, sendJson } from '../send-json.ts'

/** `POST embeddings`. Throws InvalidRequest. */
export async function answerEmbeddings(
  deps: OpenAiDeps,
  request: OpenAiRequest,
  body: Buffer,
): Promise<void> {
  const { client } = request
  const wanted = readRequest(embeddingRequest, body)
  const requested = wanted.model.replace(/^models\//, '')
  const model = parseModelName(requested, deps.settings(), (id) => deps.catalogue.has(id))
  if (model === undefined) return sendError(client, unsupportedModel(wanted.model))
  const requests = translateEmbeddings(wanted, model.base)
  const answers: BatchAnswer[] = []
  for (let start = 0; start < requests.length; start += inputsPerCall) {
    const some = requests.slice(start, start + inputsPerCall)
    const held = collector()
    const call = embeddingCall(deps, request, { model: model.base, requests: some })
    const ended = await readCall(deps, call, { signal: client.signal, sink: held.sink })
    if (ended.kind === 'left') return
    if (ended.kind === 'refused') return sendError(client, ended.error)
    const answer = readEmbeddings(held.bytes().toString('utf8'))
    if (ended.kind === 'cut' || answer?.embeddings.length !== some.length) {
      return sendError(client, incomplete)
    }
    answers.push(answer)
  }
  sendJson(client, embeddingsOf(wanted, answers))
}

type Batch = { readonly model: string; readonly requests: readonly object[] }

function embeddingCall(deps: OpenAiDeps, request: OpenAiRequest, { model, requests }: Batch) {
  const body = Buffer.from(JSON.stringify({ requests }))
  return {
    id: request.id,
    ask: { model, lane: model, estimatedInputTokens: Math.ceil(body.length / 4) },
    call: {
      ...callTo(deps, `models/${encodeURIComponent(model)}:batchEmbedContents`, 'unary'),
      body: [body],
      generates: false,
      usesResource: false,
    },
    patienceMs: undefined,
    labels: {
      dialect: request.dialect,
      method: 'embeddings',
      caller: request.caller.id,
      streamed: false,
    },
  }
}

const incomplete = openAiError(502, {
  message: 'Google did not give a vector for every input.',
  type: 'server_error',
})
