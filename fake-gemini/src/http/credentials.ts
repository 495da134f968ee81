import type { IncomingMessage } from 'node:http'
import { invalidArgument } from '../wire/google-error.ts'
import type { GoogleError } from '../wire/google-error.ts'
import { wrongCredentialType } from '../projects/key-states.ts'
import { rpcOf } from './route.ts'
import type { Route } from './route.ts'

export type Credentials = { key: string } | { error: GoogleError }

const several: GoogleError = {
  ...invalidArgument('Multiple authentication credentials received. Please pass only one.'),
  verdict: 'credentials:several',
}

const none: GoogleError = {
  code: 403,
  message:
    "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
  status: 'PERMISSION_DENIED',
  verdict: 'credentials:none',
}

const noBearer: GoogleError = {
  ...invalidArgument('Missing or invalid Authorization header.'),
  verdict: 'credentials:none',
}

/** The OpenAI endpoint takes Bearer only, and reports `AQ.` keys as multiple credentials. */
function readBearer({ headers }: IncomingMessage): Credentials {
  const key = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1]
  if (key === undefined) return { error: noBearer }
  const otherCredentials = ['x-goog-api-key', 'openai-organization', 'openai-project']
  const hasMore = otherCredentials.some((name) => headers[name] !== undefined)
  return hasMore || key.startsWith('AQ.') ? { error: several } : { key }
}

/** Auth keys (`AQ.`) are accepted only in `x-goog-api-key`, and only alone. */
export function readCredentials(request: IncomingMessage, route: Route): Credentials {
  if (route.target.kind === 'openai') return readBearer(request)
  const header = request.headers['x-goog-api-key']
  const inQuery = route.query['key']
  const hasBearer = request.headers.authorization !== undefined
  if (typeof header === 'string' && header !== '') {
    // Node joins repeated headers with a comma.
    if (hasBearer || inQuery !== undefined || header.includes(',')) return { error: several }
    return { key: header }
  }
  if (inQuery !== undefined && inQuery !== '') {
    if (hasBearer || inQuery.startsWith('AQ.')) return { error: several }
    return { key: inQuery }
  }
  return { error: hasBearer ? wrongCredentialType(rpcOf(route)) : none }
}
