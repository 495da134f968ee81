import { AdminError } from '../http/admin-error.ts'
import type { EndpointAnswer } from '@gemini-balance/contract'
import type { Handlers } from '../handlers.ts'

export type ModelsDeps = {
  /** The list of an OpenAI client that may use every model. Rejects where Google gives none. */
  readonly listModels: () => Promise<EndpointAnswer<'getUiModels'>>
  readonly onError: (error: unknown) => void
}

/** What pages offer to choose from. */
export function modelsHandlers({ listModels, onError }: ModelsDeps): Pick<Handlers, 'getUiModels'> {
  return {
    async getUiModels() {
      try {
        return await listModels()
      } catch (error) {
        onError(error)
        throw new AdminError(503, 'no-models', noModels)
      }
    },
  }
}

const noModels = 'Google gave no list of models to any key of this gateway. Its log says why.'
