import type { GuessThrottle } from '../admins/guess-throttle.ts'
import type { Arriving } from '../trusted-proxies.ts'
import type { Callers } from './credentials.ts'

/**
 * The admin token is a client token too: without this, whoever wants to guess it would do so where clients call. Tokens that nobody knows
 * count as guesses, and the admin token is not believed from where guesses come; other tokens are, at once.
 */
export function throttleGuesses(
  registry: Callers,
  guesses: GuessThrottle,
  addressOf: (request: Arriving) => string,
): Callers {
  return {
    identify(credentials, from) {
      const caller = registry.identify(credentials)
      if (caller?.isAdmin === false || from === undefined || credentials.length === 0) return caller
      const address = addressOf(from)
      const guess = credentials.join('\n')
      if (caller === undefined && guesses.isRepeated(address, guess)) return undefined
      if (!guesses.permit(address).ok) return undefined
      if (caller === undefined) guesses.failed(address, guess)
      else guesses.succeeded(address, false)
      return caller
    },
  }
}
