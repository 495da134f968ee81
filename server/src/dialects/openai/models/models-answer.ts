import type { Settings } from '@gemini-balance/contract'
import { idOf } from '../../../google/models/model-id.ts'
import { deriveModels, type Model } from '../../../google/models/derived-models.ts'
import type { ClientRequest } from '../../dialect.ts'
import { failure, FailureError } from '../../failures.ts'
import type { DialectServices } from '../../services.ts'
import { usableModels } from '../../usable-models.ts'
import { imageChatName, imageModelFor, type ImageChatSettings } from '../chat/request/image-chat.ts'
import { sendJson } from '../send-json.ts'
import { openAiModel, openAiModelList, type ModelList } from './models.ts'

/** `GET models`: every model followed by its variants. */
export async function answerModelList(
  services: DialectServices,
  request: ClientRequest,
): Promise<void> {
  const names = await usableNames(services, request)
  sendJson(request.client, openAiModelList(names, created(services)))
}

/** `GET models/x`; ids may contain a slash. */
export async function answerModelGet(
  services: DialectServices,
  request: ClientRequest,
  id: string,
): Promise<void> {
  const names = await usableNames(services, request)
  const name = names.find((one) => idOf(one) === idOf(id))
  if (name === undefined) throw new FailureError(notFound(id))
  sendJson(request.client, openAiModel(name, created(services)))
}

/** The list without restrictions of a token. Rejects when Google's list is unavailable. */
export async function wholeModelList(
  services: Pick<DialectServices, 'catalogue' | 'settings' | 'now'>,
): Promise<ModelList> {
  const models = await services.catalogue.models()
  return openAiModelList(
    namesOf(models, services.settings(), () => true),
    created(services),
  )
}

const created = ({ now }: Pick<DialectServices, 'now'>) => Math.floor(now() / 1000)

async function usableNames(services: DialectServices, request: ClientRequest): Promise<string[]> {
  const models = await usableModels(services, request)
  return namesOf(models, services.settings(), request.caller.mayUse)
}

type MayUse = ClientRequest['caller']['mayUse']

/** Names of models and their variants, then of image chats that the caller may use. */
function namesOf(models: readonly Model[], settings: Settings, mayUse: MayUse): string[] {
  const names = variantsBehindBase(deriveModels(models, settings).map(({ name }) => name))
  return [...names, ...imageChatModels(settings, mayUse)]
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
