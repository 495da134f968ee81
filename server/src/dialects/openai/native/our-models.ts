import { idOf } from '../../../google/models/derived-models.ts'
import { parseModelName } from '../../../google/models/model-name.ts'
import { imageChatName } from '../chat/image-chat.ts'
import type { OpenAiDeps } from '../openai-deps.ts'

/** Whether a model is one of ours, with a suffix, or one that is not to be served: Google could not know. */
export function isOurs(deps: OpenAiDeps, model: string): boolean {
  const settings = deps.settings()
  const name = idOf(model)
  if (name === imageChatName(settings)) return true
  return parseModelName(name, settings, (id) => deps.catalogue.has(id))?.base !== name
}
