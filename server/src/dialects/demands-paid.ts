import type { IncomingMessage } from 'node:http'

/** The header `x-gemini-balance-tier: paid` restricts a request to paid projects. */
export function demandsPaid({ headers }: IncomingMessage): boolean {
  return headers['x-gemini-balance-tier'] === 'paid'
}
