import type { ClientConnection } from '../../http/client-connection.ts'
import type { OpenAiError } from './openai-error.ts'

const json = { 'content-type': 'application/json; charset=utf-8' }

export function sendJson(
  client: ClientConnection,
  value: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  client.send(200, { ...json, ...headers }, JSON.stringify(value))
}

export function sendError(client: ClientConnection, { status, headers, error }: OpenAiError): void {
  client.send(status, headers, JSON.stringify({ error }))
}
