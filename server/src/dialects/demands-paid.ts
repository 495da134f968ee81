import type { IncomingMessage } from 'node:http'

/** A client that wants a paid project, and none else, says so in a header: `x-gemini-balance-tier: paid`. */
export function demandsPaid({ headers }: IncomingMessage): boolean {
  return headers['x-gemini-balance-tier'] === 'paid'
}
