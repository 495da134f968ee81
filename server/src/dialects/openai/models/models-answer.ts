import { deriveModels, idOf } from '../../../google/models/derived-models.ts'
import type { ClientRequest } from '../../dialect.ts'
import { failure, FailureError, noModelList } from '../../failures.ts'
import type { DialectServices } from '../../services.ts'
import { imageChatName, imageModelFor, type ImageChatSettings } from '../chat/image-chat.ts'
import { sendJson } from '../send-json.ts'
import { openAiModel, openAiModelList, type ModelList } from './models.ts'

/** `GET models`: every model with its variants behind it. */
export async function answerModelList(
  services: DialectServices,
  { client, caller }: ClientRequest,
): Promise<void> {
  const names = await namesOf(services, caller.mayUse)
  sendJson(client, openAiModelList(names, created(services)))
}

/** `GET models/x`; ids may hold a slash. */
export async function answerModelGet(
  services: DialectServices,
  { client, caller }: ClientRequest,
  id: string,
): Promise<void> {
  const names = await namesOf(services, caller.mayUse)
  const name = names.find((one) => idOf(one) === idOf(id))
  if (name === undefined) throw new FailureError(notFound(id))
  sendJson(client, openAiModel(name, created(services)))
}

/** The list for a caller who may use every model. Rejects where Google gives none. */
export async function wholeModelList(
  services: Pick<DialectServices, 'catalogue' | 'settings' | 'now'>,
): Promise<ModelList> {
  return openAiModelList(await modelNames(services, () => true), created(services))
}

const created = ({ now }: Pick<DialectServices, 'now'>) => Math.floor(now() / 1000)

type MayUse = ClientRequest['caller']['mayUse']

async function namesOf(services: DialectServices, mayUse: MayUse): Promise<string[]> {
  try {
    return await modelNames(services, mayUse)
  } catch (cause) {
    services.onError(cause)
    throw new FailureError(noModelList, { cause })
  }
}

/** The models of which a caller may use the base. */
async function modelNames(
  { catalogue, settings }: Pick<DialectServices, 'catalogue' | 'settings'>,
  mayUse: MayUse,
): Promise<string[]> {
  const models = await catalogue.models()
  const now = settings()
  const usable = models.filter(({ name }) => mayUse(idOf(name)))
  const names = variantsBehindBase(deriveModels(usable, now).map(({ name }) => name))
  return [...names, ...imageChats(now, mayUse)]
}

function imageChats(settings: ImageChatSettings, mayUse: MayUse): string[] {
  const name = imageChatName(settings)
  const painter = name && imageModelFor(name, settings)
  return name && painter && mayUse(painter) ? [name] : []
}

const suffixes = ['-search', '-image', '-non-thinking']

/** Our variants stand at the end of Google's list; clients of the original know them next to their base. */
function variantsBehindBase(names: readonly string[]): string[] {
  const all = new Set(names)
  const variantsOf = (name: string) =>
    suffixes.map((suffix) => name + suffix).filter((variant) => all.has(variant))
  const variants = new Set(names.flatMap(variantsOf))
  return names.filter((name) => !variants.has(name)).flatMap((name) => [name, ...variantsOf(name)])
}

const notFound = (id: string) =>
  failure('model_not_found', `The model '${id}' does not exist.`, { param: 'model' })
