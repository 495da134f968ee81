import { isModelId } from '../google/models/model-id.ts'
import { parseModelName, type ModelName } from '../google/models/model-name.ts'
import { FailureError, unsupportedModel } from './failures.ts'
import type { DialectServices } from './services.ts'

/** Splits a requested model into its base and suffixes. `named` is the client's own spelling. Throws FailureError. */
export function resolveModel(
  { settings, catalogue }: Pick<DialectServices, 'settings' | 'catalogue'>,
  requested: string,
  named = requested,
): ModelName {
  const model = isModelId(requested)
    ? parseModelName(requested, settings(), (id) => catalogue.has(id))
    : undefined
  if (model === undefined) throw new FailureError(unsupportedModel(named))
  return model
}
