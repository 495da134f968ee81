import { idOf } from '../../../google/models/derived-models.ts'
import { parseModelName } from '../../../google/models/model-name.ts'
import type { DialectServices } from '../../services.ts'
import { imageChatName } from '../chat/image-chat.ts'

/** Whether a model is one of ours, with a suffix, or one that is not to be served: Google does not know it. */
export function isOurModel(
  { settings, catalogue }: Pick<DialectServices, 'settings' | 'catalogue'>,
  model: string,
): boolean {
  const name = idOf(model)
  if (name === imageChatName(settings())) return true
  return parseModelName(name, settings(), (id) => catalogue.has(id))?.base !== name
}
