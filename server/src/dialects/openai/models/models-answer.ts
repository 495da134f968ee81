import { deriveModels, idOf } from '../../../google/models/derived-models.ts'
import type { ClientRequest } from '../../dialect.ts'
import { failure, FailureError, noModelList } from '../../failures.ts'
import type { DialectServices } from '../../services.ts'
import { imageChatName, imageModelFor, type ImageChatSettings } from '../chat/image-chat.ts'
import { sendJson } from '../send-json.ts'
import { openAiModel, openAiModelList, type ModelList } from './models.ts'

/** `GET models`: every model followed by its variants. */
export async function answerModelList(
  services: DialectServices,
  { client, caller }: ClientRequest,
): Promise<void> {
  const names = await namesOf(services, caller.mayUse)
  sendJson(client, openAiModelList(names, created(services)))
}

/** `GET models/x`; ids may contain a slash. */
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

/** The list without restrictions of a token. Rejects when Google's list is unavailable. */
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

/** The models whose base the caller may use. */
async function modelNames(
  { catalogue, settings }: Pick<DialectServices, 'catalogue' | 'settings'>,
  mayUse: MayUse,
): Promise<string[]> {
  const models = await catalogue.models()
  const now = settings()
  const usable = models.filter(({ name }) => mayUse(idOf(name)))
  const names = variantsBehindBase(deriveModels(usable, now).map(({ name }) => name))
  return [...names, ...imageChatModels(now, mayUse)]
}

function imageChatModels(settings: ImageChatSettings, mayUse: MayUse): string[] {
  const name = imageChatName(settings)
  const imageModel = name && imageModelFor(name, settings)
  return name && imageModel && mayUse(imageModel) ? [name] : []
}

const suffixes = ['-search', '-image', '-non-thinking']

/** Moves variants from the end of the list behind their base, where the Python program has them. */
function variantsBehindBase(names: readonly string[]): string[] {
  const all = new Set(names)
  const variantsOf = (name: string) =>
    suffixes.map((suffix) => name + suffix).filter((variant) => all.has(variant))
  const variants = new Set(names.flatMap(variantsOf))
  return names.filter((name) => !variants.has(name)).flatMap((name) => [name, ...variantsOf(name)])
}

const notFound = (id: string) =>
  failure('model_not_found', `The model '${id}' does not exist.`, { param: 'model' })
