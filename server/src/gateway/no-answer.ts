import type { Exchange } from './hold-back/exchange.ts'

/** Google sent nothing. */
export class NoAnswer extends Error {
  readonly code = 'NO_ANSWER'

  constructor() {
    super('Google sent nothing, and new connections get no answer either.')
    this.name = 'NoAnswer'
  }
}

/** Ends a call that has no answer within the time. */
export function limitSilence(exchange: Exchange, limitMs: number): void {
  const timer = setTimeout(() => {
    if (exchange.isSilent) exchange.abandon(new NoAnswer())
  }, limitMs).unref()
  void exchange.inspected.then(() => clearTimeout(timer))
}
