import { checkContents } from '../checks/check-contents.ts'
import { fileProblem } from '../files/references.ts'
import type { Call } from '../http/call.ts'
import { sendJson } from '../http/send.ts'
import { invalidArgument } from '../wire/google-error.ts'
import { requestTokens, tokensDetails, total } from '../wire/tokens.ts'
import { findModel } from './find-model.ts'
import type { CallTarget } from './generate.ts'
import { countTokensBody, readBody } from './read-body.ts'
import { throwIfError } from './api-error.ts'
import { takeQuota } from './take-quota.ts'

export function countTokens(call: Call, callTarget: CallTarget): void {
  const { version } = call.route
  const body = readBody(call, countTokensBody)
  const model = findModel({ ...callTarget, method: 'countTokens', version })
  const inner = body.generateContentRequest
  if (call.context.options.strict) {
    if (inner && body.contents && body.contents.length > 0) {
      throwIfError(
        invalidArgument(
          'Only one of contents and generateContentRequest may be set in a CountTokensRequest.',
        ),
      )
    }
    const contents = inner?.contents ?? body.contents ?? []
    throwIfError(checkContents(contents, 'CountTokensRequest'))
    throwIfError(fileProblem(call, callTarget.project, [inner?.systemInstruction, ...contents]))
  }
  takeQuota(call.context, { family: 'count', project: callTarget.project, model, tokens: 0 })
  const counts = requestTokens(inner ?? { contents: body.contents ?? [] })
  sendJson(call, { totalTokens: total(counts), promptTokensDetails: tokensDetails(counts) })
}
