import type { OpenAiError } from '../errors.ts'
import type { OpenAiDeps, OpenAiRequest } from '../openai-deps.ts'
import { sendError } from '../send-json.ts'
import { admitOnce } from './admitted-once.ts'
import type { OpenAiNativeDeps } from './dialect.ts'
import { isForWantOfKey, type Refused } from './relay.ts'

/** The two ways to serve one request. */
export type Ways = {
  readonly relay: (deps: OpenAiDeps) => Promise<Refused | undefined>
  /** Told why the relay gave nothing, where it was tried. */
  readonly translate: (
    deps: OpenAiDeps,
    request: OpenAiRequest,
    refused: OpenAiError | undefined,
  ) => Promise<void>
}

export type Switch = (request: OpenAiRequest, ways: Ways) => Promise<void>

/** How long a refusal of our keys by Google's endpoint is taken to last. */
const refusalLastsMs = 10 * 60_000
const tellEveryMs = 5 * 60_000

/** What the request log calls a request for Google's endpoint that was translated. */
const translatedDialect = 'openai-translated'

/** Relays what can be relayed, and translates what no key can be had for there. */
export function createSwitch(deps: OpenAiNativeDeps): Switch {
  const now = () => deps.forward.clock.now()
  let relaysFrom = -Infinity
  let tellsFrom = -Infinity

  function tell(why: string): void {
    if (now() < tellsFrom) return
    tellsFrom = now() + tellEveryMs
    deps.tell(`Requests to /openai/v1 are translated, not relayed: ${why}`)
  }

  return async (request, { relay, translate }) => {
    const once = admitOnce(deps.forward)
    const counted: OpenAiDeps = { ...deps, forward: once.forward }
    const labelled = { ...request, dialect: translatedDialect }
    try {
      if (now() < relaysFrom) return await translate(counted, labelled, undefined)
      const refused = await relay(counted)
      if (refused === undefined) return
      if (!isForWantOfKey(refused) || once.isRefused()) {
        return sendError(request.client, refused.error)
      }
      if (refused.verdict === 'bearer-refused') relaysFrom = now() + refusalLastsMs
      tell(refused.error.error.message)
      await translate(counted, labelled, refused.error)
    } finally {
      once.release()
    }
  }
}
