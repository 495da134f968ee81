import { idOf } from '../google/models/model-id.ts'
import { type Model } from '../google/models/derived-models.ts'
import type { ClientRequest } from './dialect.ts'
import { FailureError, noModelList } from './failures.ts'
import type { DialectServices } from './services.ts'

/** Google's models that the caller may use. Throws FailureError. */
export async function usableModels(
  { catalogue, onError }: Pick<DialectServices, 'catalogue' | 'onError'>,
  { caller }: ClientRequest,
): Promise<Model[]> {
  try {
    const models = await catalogue.models()
    return models.filter(({ name }) => caller.mayUse(idOf(name)))
  } catch (cause) {
    onError(cause)
    throw new FailureError(noModelList, { cause })
  }
}
