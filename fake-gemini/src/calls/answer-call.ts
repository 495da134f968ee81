import { answerFiles } from '../files/answer-files.ts'
import type { Call } from '../http/call.ts'
import { readCredentials } from '../http/credentials.ts'
import { rpcOf } from '../http/route.ts'
import { sendScript } from '../http/send-script.ts'
import { sendNotFound } from '../http/send.ts'
import { answerOpenAi } from '../openai/answer-openai.ts'
import { countTokens } from './count-tokens.ts'
import { batchEmbedContents, embedContent } from './embed.ts'
import { generate } from './generate.ts'
import type { CallTarget } from './generate.ts'
import { getModel, listModels } from './list-models.ts'
import { admitKey } from './admit-key.ts'
import { ApiError } from './api-error.ts'

type Action = (call: Call, callTarget: CallTarget) => Promise<void> | void

const actions: Readonly<Record<string, Action>> = {
  generateContent: generate,
  streamGenerateContent: generate,
  countTokens,
  embedContent,
  batchEmbedContents,
}

/** Checks in Google's order: credentials, key, then the call itself. */
export function answerCall(call: Call): Promise<void> | void {
  const { record, route, context } = call
  const { target } = route
  const credentials = readCredentials(call.request, route)
  if ('key' in credentials) record.key = credentials.key
  const script = context.scripts.take(record)
  if (script) return sendScript(call, script)
  if (target.kind === 'unknown' || target.kind === 'control') return sendNotFound(call)
  const action = target.kind === 'call' ? actions[target.action] : undefined
  if (target.kind === 'call' && !action) return sendNotFound(call)
  if (target.kind === 'files' || target.kind === 'upload') {
    return answerFiles(call, target, credentials)
  }
  if ('error' in credentials) throw new ApiError(credentials.error)
  const { project } = admitKey(call, credentials.key, rpcOf(route))
  if (target.kind === 'openai') return answerOpenAi(call, target, project)
  if (target.kind === 'list-models') return listModels(call, { project })
  const callTarget = { model: target.model, project }
  return action ? action(call, callTarget) : getModel(call, callTarget)
}
