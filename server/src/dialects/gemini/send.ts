import type { ClientConnection } from '../../http/client-connection.ts'
import type { GoogleAnswer } from './errors.ts'

export function send(client: ClientConnection, answer: GoogleAnswer): void {
  client.send(answer.status, answer.headers, answer.body)
}
