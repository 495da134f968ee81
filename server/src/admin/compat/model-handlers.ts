import type { EndpointAnswer } from '@gemini-balance/contract'
import type { Handlers } from '../handlers.ts'
import { AdminError } from '../http/admin-error.ts'

export type ModelsDeps = {
  /** The list of an OpenAI client that may use every model. Rejects when Google gives none. */
  readonly listModels: () => Promise<EndpointAnswer<'listUiModels'>>
  readonly onError: (error: unknown) => void
}

/** The models that forms offer. */
export function compatModelHandlers({
  listModels,
  onError,
}: ModelsDeps): Pick<Handlers, 'listUiModels'> {
  return {
    async listUiModels() {
      try {
        return await listModels()
      } catch (error) {
        onError(error)
        throw new AdminError('models_unavailable')
      }
    },
  }
}
