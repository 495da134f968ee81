import type { Call } from '../http/call.ts'
import type { Route } from '../http/route.ts'
import { keyStates } from '../projects/key-states.ts'
import type { Key } from '../projects/registry.ts'
import { ApiError } from './api-error.ts'

/** Throws the error of the key's state. */
export function admitKey(call: Call, value: string, rpc: string): Key {
  const { record, route, context } = call
  const key = context.registry.find(value)
  const state = key?.state ?? 'invalid'
  if (key) record.project = key.project.id
  if (key && state === 'ok') return key
  const row = keyStates[state === 'ok' ? 'invalid' : state]
  const mayStill = isFiles(route) ? row.usesFiles : !usesModel(route) && row.listsModels
  if (key && mayStill === true) return key
  const projectNumber = key?.project.number ?? ''
  const error = row.errorFor({ key: value, projectNumber, rpc })
  throw new ApiError({ ...error, verdict: `key:${state}` })
}

const isFiles = ({ target }: Route): boolean => target.kind === 'files' || target.kind === 'upload'

/** False for calls that only list or describe models. */
const usesModel = ({ target }: Route): boolean =>
  target.kind === 'call' || (target.kind === 'openai' && target.endpoint !== 'models')
