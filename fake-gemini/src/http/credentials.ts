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

/** On the OpenAI endpoint keys travel as Bearer, and those of the new kind count as something else besides. */
function readBearer({ headers }: IncomingMessage): Credentials {
  const key = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1]
  if (key === undefined) return { error: noBearer }
  const besides = ['x-goog-api-key', 'openai-organization', 'openai-project']
  const hasMore = besides.some((name) => headers[name] !== undefined)
  return hasMore || key.startsWith('AQ.') ? { error: several } : { key }
}

/** Finds the one credential of a call. Auth keys (`AQ.`) count only alone, in their header. */
export function readCredentials(request: IncomingMessage, route: Route): Credentials {
  if (route.target.kind === 'openai') return readBearer(request)
  const header = request.headers['x-goog-api-key']
  const inQuery = route.query['key']
  const hasBearer = request.headers.authorization !== undefined
  if (typeof header === 'string' && header !== '') {
    // Node joins a header that was sent twice by a comma.
    if (hasBearer || inQuery !== undefined || header.includes(',')) return { error: several }
    return { key: header }
  }
  if (inQuery !== undefined && inQuery !== '') {
    if (hasBearer || inQuery.startsWith('AQ.')) return { error: several }
    return { key: inQuery }
  }
  return { error: hasBearer ? wrongCredentialType(rpcOf(route)) : none }
}
