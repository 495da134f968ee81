import { deriveModels, idOf } from '../../models/derived-models.ts'
import { imageChatName, paintingModel } from './image-chat.ts'
import { openAiModel, openAiModelList } from './models.ts'
import { openAiError } from './openai-error.ts'
import type { OpenAiDeps, OpenAiRequest, OpenAiSettings } from './openai-deps.ts'
import { sendError, sendJson } from './send-json.ts'

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
    const models = await deps.catalogue.models()
    const settings = deps.settings()
    const usable = models.filter(({ name }) => caller.mayUse(idOf(name)))
    const names = besideTheirBase(deriveModels(usable, settings).map(({ name }) => name))
    return [...names, ...imageChats(settings, caller)]
  } catch (error) {
    deps.complain(error)
    return undefined
  }
}

function imageChats(settings: OpenAiSettings, caller: OpenAiRequest['caller']): string[] {
  const name = imageChatName(settings)
  const painter = name && paintingModel(name, settings)
  return name && painter && caller.mayUse(painter) ? [name] : []
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
