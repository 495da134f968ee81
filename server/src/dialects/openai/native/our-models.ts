import { idOf } from '../../../google/models/model-id.ts'
import { parseModelName } from '../../../google/models/model-name.ts'
import type { DialectServices } from '../../services.ts'
import { imageChatName } from '../chat/request/image-chat.ts'

/** Whether Google does not know the model: it has one of the gateway's suffixes, or is filtered. */
export function isOurModel(
  { settings, catalogue }: Pick<DialectServices, 'settings' | 'catalogue'>,
  model: string,
): boolean {
  const name = idOf(model)
  if (name === imageChatName(settings())) return true
  return parseModelName(name, settings(), (id) => catalogue.has(id))?.base !== name
}
