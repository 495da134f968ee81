import { checkContents } from '../checks/check-contents.ts'
import type { Call } from '../http/call.ts'
import { sendJson } from '../http/send.ts'
import { invalidArgument } from '../wire/google-error.ts'
import { requestTokens, tokensDetails, total } from '../wire/tokens.ts'
import { findModel } from './find-model.ts'
import type { Addressed } from './generate.ts'
import { countTokensBody, readBody } from './read-body.ts'
import { refuseIf } from './refusal.ts'
import { takeQuota } from './take-quota.ts'

export function countTokens(call: Call, addressed: Addressed): void {
  const { version } = call.route
  const body = readBody(call, countTokensBody)
  const model = findModel({ ...addressed, method: 'countTokens', version })
  const inner = body.generateContentRequest
  if (call.world.options.strict) {
    if (inner && body.contents && body.contents.length > 0) {
      refuseIf(
        invalidArgument(
          'Only one of contents and generateContentRequest may be set in a CountTokensRequest.',
        ),
      )
    }
    refuseIf(checkContents(inner?.contents ?? body.contents ?? [], 'CountTokensRequest'))
  }
  takeQuota(call.world, { family: 'count', project: addressed.project, model, tokens: 0 })
  const counts = requestTokens(inner ?? { contents: body.contents ?? [] })
  sendJson(call, { totalTokens: total(counts), promptTokensDetails: tokensDetails(counts) })
}
