import { deriveModels, idOf } from '../../../google/models/derived-models.ts'
import { imageChatName, paintingModel } from '../chat/image-chat.ts'
import { openAiModel, openAiModelList } from './models.ts'
import { openAiError } from '../errors.ts'
import type { OpenAiDeps, OpenAiRequest, OpenAiSettings } from '../openai-deps.ts'
import { sendError, sendJson } from '../send-json.ts'

/** `GET models`: every model with its variants behind it. */
export async function answerModelList(deps: OpenAiDeps, request: OpenAiRequest): Promise<void> {
  const names = await namesOf(deps, request)
  if (names === undefined) sendError(request.client, noList)
  else sendJson(request.client, openAiModelList(names, created(deps)))
}

/** `GET models/x`; ids may hold a slash. */
export async function answerModelGet(
  deps: OpenAiDeps,
  request: OpenAiRequest,
  id: string,
): Promise<void> {
  const names = await namesOf(deps, request)
  const name = names?.find((one) => idOf(one) === idOf(id))
  if (names === undefined) sendError(request.client, noList)
  else if (name === undefined) sendError(request.client, notFound(id))
  else sendJson(request.client, openAiModel(name, created(deps)))
}

const created = (deps: OpenAiDeps) => Math.floor(deps.forward.clock.now() / 1000)

async function namesOf(deps: OpenAiDeps, { caller }: OpenAiRequest): Promise<string[] | undefined> {
  try {
    return await modelNames(deps, caller.mayUse)
  } catch (error) {
    deps.onError(error)
    return undefined
  }
}

type MayUse = OpenAiRequest['caller']['mayUse']

/** The models of which somebody may use the base. Rejects where Google gives no list. */
export async function modelNames(
  { catalogue, settings }: Pick<OpenAiDeps, 'catalogue' | 'settings'>,
  mayUse: MayUse,
): Promise<string[]> {
  const models = await catalogue.models()
  const now = settings()
  const usable = models.filter(({ name }) => mayUse(idOf(name)))
  const names = besideTheirBase(deriveModels(usable, now).map(({ name }) => name))
  return [...names, ...imageChats(now, mayUse)]
}

function imageChats(settings: OpenAiSettings, mayUse: MayUse): string[] {
  const name = imageChatName(settings)
  const painter = name && paintingModel(name, settings)
  return name && painter && mayUse(painter) ? [name] : []
}

const suffixes = ['-search', '-image', '-non-thinking']

/** Our variants stand at the end of Google's list; clients of the original know them next to their base. */
function besideTheirBase(names: readonly string[]): string[] {
  const all = new Set(names)
  const variantsOf = (name: string) =>
    suffixes.map((suffix) => name + suffix).filter((variant) => all.has(variant))
  const variants = new Set(names.flatMap(variantsOf))
  return names.filter((name) => !variants.has(name)).flatMap((name) => [name, ...variantsOf(name)])
}

const noList = openAiError(503, {
  message: 'Google gave no list of models to any key of this gateway. Its log says why.',
  type: 'server_error',
  code: 'service_unavailable',
})

const notFound = (id: string) =>
  openAiError(404, {
    message: `The model '${id}' does not exist.`,
    type: 'invalid_request_error',
    param: 'model',
    code: 'model_not_found',
  })
