import type { GuessThrottle } from '../admins/guess-throttle.ts'
import type { IncomingHeaders } from '../trusted-proxies.ts'
import type { Callers } from './credentials.ts'
import type { Caller } from './token-registry.ts'

/**
 * The admin token also works where clients call, so it could be guessed there. Every unknown token counts as a guess, also beside a client
 * token. A throttled address cannot use the admin token. Client tokens are never throttled.
 */
export function throttleGuesses(
  registry: Callers,
  guesses: GuessThrottle,
  addressOf: (request: IncomingHeaders) => string,
): Callers {
  function mayUseAdmin(address: string): boolean {
    if (!guesses.check(address).ok) return false
    guesses.succeeded(address, false)
    return true
  }

  function countGuess(address: string, guess: string): void {
    if (guesses.isRepeated(address, guess) || !guesses.check(address).ok) return
    guesses.failed(address, guess)
  }

  /** The first known caller. Unknown tokens are counted before the admin token is accepted. */
  function identifyEach(credentials: readonly string[], address: string): Caller | undefined {
    const known: Caller[] = []
    for (const credential of credentials) {
      const caller = registry.identify([credential])
      if (caller !== undefined) known.push(caller)
      else if (credential !== '') countGuess(address, credential)
    }
    const [first] = known
    if (first?.isAdmin !== true || mayUseAdmin(address)) return first
    return known.find(({ isAdmin }) => !isAdmin)
  }

  return {
    identify(credentials, from) {
      // Most requests: one client token.
      const caller = registry.identify(credentials)
      const isClient = caller?.isAdmin === false && credentials.length === 1
      if (isClient || from === undefined || credentials.length === 0) return caller
      return identifyEach(credentials, addressOf(from))
    },
  }
}
