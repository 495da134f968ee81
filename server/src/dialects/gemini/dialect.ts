import { everyMethod } from '../../http/data-plane.ts'
import type { UpstreamMethod } from '../../google/upstream-call.ts'
import type { ClientRequest, Dialect, Operation } from '../dialect.ts'
import { nearestAddress } from '../addresses/nearest-address.ts'
import { failure, FailureError, methodNotAllowed, notServed } from '../failures.ts'
import type { DialectServices } from '../services.ts'
import { renderFailure } from './errors.ts'
import { callModel } from './generate.ts'
import { isPostOnly } from './methods.ts'
import { getModel, listModels } from './models.ts'
import { collections, readGeminiPath } from './path.ts'

const versions = ['v1beta', 'v1', 'v1alpha']
const prefixes = ['', '/gemini']

/** Google's own format under `/v1beta`, `/v1` and `/v1alpha`, each also under `/gemini`. */
export function createGeminiDialect(services: DialectServices): Dialect {
  return {
    name: 'gemini',
    operations: versions.flatMap((version) =>
      prefixes.flatMap((prefix) => operationsOf(services, { version, prefix })),
    ),
    renderFailure,
  }
}

type Base = { readonly version: string; readonly prefix: string }

function operationsOf(services: DialectServices, { version, prefix }: Base): Operation[] {
  const base = `${prefix}/${version}/`
  return [
    {
      methods: ['GET'],
      paths: [`${base}models`],
      body: 'none',
      serve: (request) => listModels(services, request),
    },
    {
      methods: everyMethod,
      paths: collections.map((collection) => `${base}${collection}/*`),
      body: 'whole',
      serve: (request) => serveResource(services, request, { base, version }),
    },
  ]
}

/** Serves `models/x` and `models/x:method`. */
async function serveResource(
  services: DialectServices,
  request: ClientRequest,
  { base, version }: { readonly base: string; readonly version: string },
): Promise<void> {
  const path = readGeminiPath(request.path.slice(base.length))
  const method = upstreamMethod(request.raw.method)
  switch (path.kind) {
    case 'call':
      if (method !== 'POST' && isPostOnly(path.method)) throw notAllowed('POST, OPTIONS')
      return callModel(services, request, { path, version, verb: method })
    case 'get-model':
      if (method !== 'GET') throw notAllowed('GET, HEAD, OPTIONS')
      return getModel(services, request, { id: path.model, version })
    case 'invalid':
      throw new FailureError(invalidName(path.part))
    case 'unknown':
      throw new FailureError(notServed(nearestAddress('gemini', { method, path: request.path })))
  }
}

const notAllowed = (allow: string) => new FailureError(methodNotAllowed(allow))

const invalidName = (part: 'model' | 'method') =>
  failure(
    'invalid_input',
    part === 'model'
      ? 'The model in the path is not a valid name. Use a name from the list of models.'
      : 'The method in the path is not a valid name. Use letters only, as in generateContent.',
    { param: part },
  )

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
