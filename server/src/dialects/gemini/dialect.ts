import type { IncomingMessage, ServerResponse } from 'node:http'
import type { UpstreamMethod } from '../../google/upstream-call.ts'
import { newRequestId } from '../../runtime/request-id.ts'
import { credentialsOf } from '../../auth/clients/credentials.ts'
import { connectClient, type ClientConnection } from '../../http/client-connection.ts'
import { everyMethod, type DataRoute } from '../../http/data-plane.ts'
import { BodyError, readBody } from '../../http/request-body.ts'
import { sentenceFor, type TokenProblem } from '../../auth/clients/token-problem.ts'
import { googleError } from './errors.ts'
import { answerModelGet, answerModelList } from './models.ts'
import { callModel } from './generate.ts'
import { readGeminiPath } from './path.ts'
import type { GeminiDeps, NativeRequest } from './native-deps.ts'
import { send } from './send.ts'

const versions = ['v1beta', 'v1', 'v1alpha']
const prefixes = ['', '/gemini']

/** `/v1beta`, `/v1` and `/v1alpha`, each also under `/gemini`. */
export function geminiRoutes(deps: GeminiDeps): DataRoute[] {
  const bases = prefixes.flatMap((prefix) =>
    versions.map((version) => ({ version, base: `${prefix}/${version}/` })),
  )
  return bases.map(({ version, base }) => ({
    methods: everyMethod,
    path: `${base}*`,
    handle: (raw, response) => void handle(deps, { raw, response, version, base }),
  }))
}

type Arrival = { raw: IncomingMessage; response: ServerResponse; version: string; base: string }

async function handle(deps: GeminiDeps, { raw, response, version, base }: Arrival): Promise<void> {
  const client = connectClient(response)
  try {
    const [path, search] = splitOnce(raw.url ?? '', '?')
    const query = search === undefined ? undefined : new URLSearchParams(search)
    const caller = deps.callers.identify(credentialsOf(raw, query), raw)
    if (caller === undefined) return send(client, unknownCaller)
    const problem = caller.problem('gemini', deps.forward.clock.now())
    if (problem !== undefined) return send(client, refusedCaller(problem))
    const rest = path.slice(base.length)
    const method = upstreamMethod(raw.method)
    const id = newRequestId(deps.forward.clock.now())
    await serve(deps, { id, raw, method, version, rest, query, caller, client })
  } catch (error) {
    answerFailure(deps, { client, error, response })
  }
}

async function serve(deps: GeminiDeps, request: NativeRequest): Promise<void> {
  const path = readGeminiPath(request.rest)
  switch (path.kind) {
    case 'list-models':
      if (request.method === 'GET') return answerModelList(deps, request)
      break
    case 'get-model':
      if (request.method === 'GET') return answerModelGet(deps, request, path.model)
      break
    case 'call': {
      const limitBytes = deps.settings().maxRequestBodyMb * 1024 * 1024
      const body = await readBody(request.raw, limitBytes)
      const { collection, model, method } = path
      return callModel(deps, request, { collection, model, method, body })
    }
    case 'unknown':
      break
  }
  send(request.client, notServed(request))
}

/** Whatever went wrong, the client hears it in Google's shape, unless it is too late to say anything. */
function answerFailure(
  deps: GeminiDeps,
  {
    client,
    error,
    response,
  }: { client: ClientConnection; error: unknown; response: ServerResponse },
): void {
  if (client.signal.aborted) return
  if (error instanceof BodyError) {
    // The rest of a body that nobody reads must not be taken for the next request.
    response.setHeader('connection', 'close')
    return send(client, bodyRefused(error))
  }
  deps.onError(error)
  if (response.headersSent) client.breakOff('')
  else send(client, ourFailure)
}

const unknownCaller = googleError({
  code: 401,
  status: 'UNAUTHENTICATED',
  message:
    'This gateway does not know the credential of the request. Send a token of ALLOWED_TOKENS as x-goog-api-key, ?key= or Authorization: Bearer.',
})

const refusedCaller = (problem: TokenProblem) =>
  googleError({
    code: problem === 'dialect' ? 403 : 401,
    status: problem === 'dialect' ? 'PERMISSION_DENIED' : 'UNAUTHENTICATED',
    message: sentenceFor(problem),
  })

const ourFailure = googleError({
  code: 500,
  status: 'INTERNAL',
  message: 'The gateway failed while it served this request. Its log says why.',
})

const bodyRefused = ({ status, message }: BodyError) =>
  googleError({ code: status, status: 'INVALID_ARGUMENT', message })

const notServed = ({ method, version, rest }: NativeRequest) =>
  googleError({
    code: 404,
    status: 'NOT_FOUND',
    message: `This gateway does not serve ${method} /${version}/${rest}.`,
  })

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator)
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
}

function upstreamMethod(method: string | undefined): UpstreamMethod {
  switch (method) {
    case 'POST':
    case 'PUT':
    case 'PATCH':
    case 'DELETE':
      return method
    default:
      return 'GET'
  }
}
