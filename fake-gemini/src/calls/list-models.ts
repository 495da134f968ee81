import type { Call } from '../http/call.ts'
import { sendJson } from '../http/send.ts'
import { describeModel, models } from '../models.ts'
import { invalidArgument } from '../wire/google-error.ts'
import { findModel } from './find-model.ts'
import type { CallTarget } from './generate.ts'
import { ApiError } from './api-error.ts'

const defaultPageSize = 50
const maxPageSize = 1000
const tokenPrefix = 'models-from-'

export function listModels(call: Call, { project }: Pick<CallTarget, 'project'>): void {
  const { pageSize, pageToken } = call.route.query
  const size = Math.min(Number(pageSize ?? 0) || defaultPageSize, maxPageSize)
  const start = startOf(pageToken)
  const visibleModels = models.filter(({ id }) => project.models?.has(id) ?? true)
  const page = visibleModels.slice(start, start + size).map(describeModel)
  const end = start + size
  sendJson(call, {
    models: page,
    ...(end < visibleModels.length ? { nextPageToken: tokenFor(end) } : {}),
  })
}

export function getModel(call: Call, callTarget: CallTarget): void {
  const { version } = call.route
  // All models support countTokens, so this finds every model.
  sendJson(call, describeModel(findModel({ ...callTarget, method: 'countTokens', version })))
}

const tokenFor = (start: number): string =>
  Buffer.from(`${tokenPrefix}${start}`).toString('base64url')

function startOf(token: string | undefined): number {
  if (token === undefined || token === '') return 0
  const text = Buffer.from(token, 'base64url').toString()
  const start = Number(text.slice(tokenPrefix.length))
  if (text.startsWith(tokenPrefix) && Number.isInteger(start)) return start
  throw new ApiError(invalidArgument('Page token is not valid.'))
}
