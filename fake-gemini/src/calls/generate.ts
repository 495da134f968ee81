import { planAnswer } from '../answer/plan.ts'
import type { Plan } from '../answer/plan.ts'
import { lastUserText } from '../answer/last-user-text.ts'
import { toChunks, toResponse } from '../answer/respond.ts'
import type { AnswerContext } from '../answer/respond.ts'
import { checkRequest } from '../checks/check-request.ts'
import { fileProblem } from '../files/references.ts'
import { cutConnection, hang, pause } from '../http/call.ts'
import type { Call } from '../http/call.ts'
import { sendChunks, sendWhole } from '../http/send-chunks.ts'
import { sendRaw } from '../http/send.ts'
import { behaviourFor } from '../misbehaviour/behaviour.ts'
import type { Delivery } from '../misbehaviour/delivery.ts'
import type { Replacement } from '../misbehaviour/replacement.ts'
import type { Model } from '../models.ts'
import { quotaExceeded } from '../projects/quota-error.ts'
import type { Project } from '../projects/registry.ts'
import type { GenerateContentRequest } from '../wire/request.ts'
import { responseId } from '../wire/response-id.ts'
import { requestTokens, total } from '../wire/tokens.ts'
import type { TokenCounts } from '../wire/tokens.ts'
import { findModel } from './find-model.ts'
import { generateContentBody, readBody } from './read-body.ts'
import { ApiError, throwIfError } from './api-error.ts'
import { takeQuota } from './take-quota.ts'

export type CallTarget = { model: string; project: Project }

const cachedTokens = 2048

/** Serves generateContent and streamGenerateContent. */
export async function generate(call: Call, callTarget: CallTarget): Promise<void> {
  const planned = await planCall(call, callTarget, readBody(call, generateContentBody))
  if (planned === undefined) return
  const { plan, answerContext, delivery } = planned
  if (call.record.action === 'generateContent') {
    return sendWhole(call, toResponse(plan, answerContext), delivery)
  }
  return sendChunks(call, toChunks(plan, answerContext, delivery.pieces), delivery)
}

export type Planned = { plan: Plan; answerContext: AnswerContext; delivery: Delivery }

/** Returns undefined if the call was already answered. Throws ApiError if it is rejected. */
export async function planCall(
  call: Call,
  callTarget: CallTarget,
  request: GenerateContentRequest,
): Promise<Planned | undefined> {
  const { context, route } = call
  const { project } = callTarget
  const { version } = route
  const model = findModel({ ...callTarget, method: 'generateContent', version })
  const prompt = requestTokens(request)
  const tokens = total(prompt)
  if (context.options.strict) {
    throwIfError(checkRequest(request, { model, tokens }))
    throwIfError(
      fileProblem(call, project, [request.systemInstruction, ...(request.contents ?? [])]),
    )
  }
  const behaviour = behaviourFor(
    { model: callTarget.model, text: lastUserText(request) },
    context.countCall,
  )
  const { delivery } = behaviour
  if (behaviour.names.length > 0) call.record.verdict = `misbehaved:${behaviour.names.join('+')}`
  if (delivery.delayMs > 0 && !(await pause(call, delivery.delayMs))) return undefined
  if (behaviour.replacement) {
    await sendReplacement(call, behaviour.replacement, { model, project })
    return undefined
  }
  takeQuota(context, { family: 'generate', project, model, tokens })
  const plan = behaviour.change(planAnswer(request, model))
  return { plan, answerContext: answerContextFor(call, { request, model, prompt }), delivery }
}

function answerContextFor(
  call: Call,
  asked: { request: GenerateContentRequest; model: Model; prompt: TokenCounts },
): AnswerContext {
  const { request, model, prompt } = asked
  const tier = request.serviceTier?.toLowerCase() ?? 'standard'
  return {
    model,
    prompt,
    responseId: responseId(call.record.sequence, call.context.random),
    serviceTier: tier === 'unspecified' ? 'standard' : tier,
    cachedTokens: request.cachedContent === undefined ? 0 : cachedTokens,
    candidates: model.generation < 3 ? (request.generationConfig?.candidateCount ?? 1) : 1,
  }
}

async function sendReplacement(
  call: Call,
  replacement: Replacement,
  { model, project }: { model: Model; project: Project },
): Promise<void> {
  switch (replacement.kind) {
    case 'error':
      throw new ApiError({ ...replacement.error, verdict: call.record.verdict })
    case 'limit-zero': {
      const violations = (['rpm', 'rpd'] as const).map((kind) => ({ kind, limit: 0, freeInMs: 0 }))
      const refusal = {
        family: 'generate',
        tier: project.tier,
        model: model.id,
        violations,
      } as const
      const error = quotaExceeded(refusal, call.context.random)
      throw new ApiError({ ...error, verdict: call.record.verdict })
    }
    case 'raw':
      return sendRaw(call, replacement)
    case 'hang':
      return hang(call)
    case 'reset':
      return cutConnection(call)
  }
}
