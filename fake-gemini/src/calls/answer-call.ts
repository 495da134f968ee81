import type { Call } from '../http/call.ts'
import { readCredentials } from '../http/credentials.ts'
import { rpcOf } from '../http/route.ts'
import type { Route } from '../http/route.ts'
import { sendScript } from '../http/send-script.ts'
import { sendNoSuchPath } from '../http/send.ts'
import { answerOpenAi } from '../openai/answer-openai.ts'
import { keyStates } from '../projects/key-states.ts'
import type { Key } from '../projects/registry.ts'
import { countTokens } from './count-tokens.ts'
import { batchEmbedContents, embedContent } from './embed.ts'
import { generate } from './generate.ts'
import type { Addressed } from './generate.ts'
import { getModel, listModels } from './list-models.ts'
import { Refusal } from './refusal.ts'

type Action = (call: Call, addressed: Addressed) => Promise<void> | void

const actions: Readonly<Record<string, Action>> = {
  generateContent: generate,
  streamGenerateContent: generate,
  countTokens,
  embedContent,
  batchEmbedContents,
}

/** Answers one call as Google would: credentials, key, then what was asked for. */
export function answerCall(call: Call): Promise<void> | void {
  const { record, route, world } = call
  const { target } = route
  const credentials = readCredentials(call.request, route)
  if ('key' in credentials) record.key = credentials.key
  const script = world.scripts.take(record)
  if (script) return sendScript(call, script)
  if (target.kind === 'unknown' || target.kind === 'control') return sendNoSuchPath(call)
  const action = target.kind === 'call' ? actions[target.action] : undefined
  if (target.kind === 'call' && !action) return sendNoSuchPath(call)
  if ('error' in credentials) throw new Refusal(credentials.error)
  const { project } = admitKey(call, credentials.key)
  if (target.kind === 'openai') return answerOpenAi(call, target, project)
  if (target.kind === 'list-models') return listModels(call, { project })
  const addressed = { model: target.model, project }
  return action ? action(call, addressed) : getModel(call, addressed)
}

/** Whether a call is for more than a look at the models. */
const isForUse = ({ target }: Route): boolean =>
  target.kind === 'call' || (target.kind === 'openai' && target.endpoint !== 'models')

/** The key, if it may be used; otherwise its state's refusal. */
function admitKey(call: Call, value: string): Key {
  const { record, route, world } = call
  const key = world.registry.find(value)
  const state = key?.state ?? 'invalid'
  if (key) record.project = key.project.id
  if (key && state === 'ok') return key
  const row = keyStates[state === 'ok' ? 'invalid' : state]
  if (key && row.listsModels === true && !isForUse(route)) return key
  const projectNumber = key?.project.number ?? ''
  const error = row.refuse({ key: value, projectNumber, rpc: rpcOf(route) })
  throw new Refusal({ ...error, verdict: `key:${state}` })
}
