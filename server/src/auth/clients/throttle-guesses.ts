import type { GuessThrottle } from '../admins/guess-throttle.ts'
import type { IncomingHeaders } from '../trusted-proxies.ts'
import type { Callers } from './credentials.ts'

/**
 * The admin token also works where clients call, so it could be guessed there. Unknown tokens count as guesses, and a throttled address cannot
 * use the admin token. Client tokens are never throttled.
 */
export function throttleGuesses(
  registry: Callers,
  guesses: GuessThrottle,
  addressOf: (request: IncomingHeaders) => string,
): Callers {
  return {
    identify(credentials, from) {
      const caller = registry.identify(credentials)
      if (caller?.isAdmin === false || from === undefined || credentials.length === 0) return caller
      const address = addressOf(from)
      const guess = credentials.join('\n')
      if (caller === undefined && guesses.isRepeated(address, guess)) return undefined
      if (!guesses.check(address).ok) return undefined
      if (caller === undefined) guesses.failed(address, guess)
      else guesses.succeeded(address, false)
      return caller
    },
  }
}
