import type { ClientConnection } from '../../http/client-connection.ts'
import type { Headers } from '../../runtime/streams/headers.ts'

export function sendJson(
  client: ClientConnection,
  value: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  const sent: Headers = { 'content-type': 'application/json; charset=utf-8' }
  for (const name in headers) sent[name] = headers[name] ?? ''
  client.send(200, sent, JSON.stringify(value))
}
