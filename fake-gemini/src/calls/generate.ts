import { planAnswer } from '../answer/plan.ts'
import type { Plan } from '../answer/plan.ts'
import { lastUserText } from '../answer/last-words.ts'
import { toChunks, toResponse } from '../answer/respond.ts'
import type { Answering } from '../answer/respond.ts'
import { checkRequest } from '../checks/check-request.ts'
import { cutConnection, hang, pause } from '../http/call.ts'
import type { Call } from '../http/call.ts'
import { sendChunks, sendWhole } from '../http/send-chunks.ts'
import { sendRaw } from '../http/send.ts'
import { behaviourFor } from '../misbehaviour/behaviour.ts'
import type { Delivery } from '../misbehaviour/delivery.ts'
import type { Instead } from '../misbehaviour/instead.ts'
import type { Model } from '../models.ts'
import { quotaExceeded } from '../projects/quota-error.ts'
import type { Project } from '../projects/registry.ts'
import type { GenerateContentRequest } from '../wire/request.ts'
import { responseId } from '../wire/response-id.ts'
import { requestTokens, total } from '../wire/tokens.ts'
import type { TokenCounts } from '../wire/tokens.ts'
import { findModel } from './find-model.ts'
import { generateContentBody, readBody } from './read-body.ts'
import { Refusal, refuseIf } from './refusal.ts'
import { takeQuota } from './take-quota.ts'

export type Addressed = { model: string; project: Project }

const cachedTokens = 2048

/** Answers generateContent and streamGenerateContent. */
export async function generate(call: Call, addressed: Addressed): Promise<void> {
  const planned = await planCall(call, addressed, readBody(call, generateContentBody))
  if (planned === undefined) return
  const { plan, answering, delivery } = planned
  if (call.record.action === 'generateContent') {
    return sendWhole(call, toResponse(plan, answering), delivery)
  }
  return sendChunks(call, toChunks(plan, answering, delivery.pieces), delivery)
}

export type Planned = { plan: Plan; answering: Answering; delivery: Delivery }

/** What a call is answered; undefined when it has gone another way already. Throws what it is refused for. */
export async function planCall(
  call: Call,
  addressed: Addressed,
  request: GenerateContentRequest,
): Promise<Planned | undefined> {
  const { world, route } = call
  const { project } = addressed
  const { version } = route
  const model = findModel({ ...addressed, method: 'generateContent', version })
  const prompt = requestTokens(request)
  const tokens = total(prompt)
  if (world.options.strict) refuseIf(checkRequest(request, { model, tokens }))
  const behaviour = behaviourFor(
    { model: addressed.model, text: lastUserText(request) },
    world.countCall,
  )
  const { delivery } = behaviour
  if (behaviour.names.length > 0) call.record.verdict = `misbehaved:${behaviour.names.join('+')}`
  if (delivery.delayMs > 0 && !(await pause(call, delivery.delayMs))) return undefined
  if (behaviour.instead) {
    await sendInstead(call, behaviour.instead, { model, project })
    return undefined
  }
  takeQuota(world, { family: 'generate', project, model, tokens })
  const plan = behaviour.change(planAnswer(request, model))
  return { plan, answering: answeringFor(call, { request, model, prompt }), delivery }
}

function answeringFor(
  call: Call,
  asked: { request: GenerateContentRequest; model: Model; prompt: TokenCounts },
): Answering {
  const { request, model, prompt } = asked
  const tier = request.serviceTier?.toLowerCase() ?? 'standard'
  return {
    model,
    prompt,
    responseId: responseId(call.record.sequence, call.world.random),
    serviceTier: tier === 'unspecified' ? 'standard' : tier,
    cachedTokens: request.cachedContent === undefined ? 0 : cachedTokens,
    candidates: model.generation < 3 ? (request.generationConfig?.candidateCount ?? 1) : 1,
  }
}

async function sendInstead(
  call: Call,
  instead: Instead,
  { model, project }: { model: Model; project: Project },
): Promise<void> {
  switch (instead.kind) {
    case 'error':
      throw new Refusal({ ...instead.error, verdict: call.record.verdict })
    case 'limit-zero': {
      const violations = (['rpm', 'rpd'] as const).map((kind) => ({ kind, limit: 0, freeInMs: 0 }))
      const refusal = {
        family: 'generate',
        tier: project.tier,
        model: model.id,
        violations,
      } as const
      const error = quotaExceeded(refusal, call.world.random)
      throw new Refusal({ ...error, verdict: call.record.verdict })
    }
    case 'raw':
      return sendRaw(call, instead)
    case 'hang':
      return hang(call)
    case 'reset':
      return cutConnection(call)
  }
}
