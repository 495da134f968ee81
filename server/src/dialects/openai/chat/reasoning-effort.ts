import type { ThinkingConfig } from '../../../google/requests/gemini-request.ts'
import { ClientError } from '../../client-error.ts'
import type { ModelTraits } from '../../../google/models/model-traits.ts'

const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const
type Effort = (typeof efforts)[number]

const isEffort = (text: string): text is Effort => efforts.some((one) => one === text)

export type Thinking = {
  readonly config: ThinkingConfig
  /** Whether this is as asked, and not only the nearest that the model has. */
  readonly isAsAsked: boolean
}

/** How hard a model thinks, in the words of its generation: levels from 3 on, budgets in 2.5, nothing before. */
export function thinkingFor(effort: string, traits: ModelTraits): Thinking | undefined {
  if (!isEffort(effort)) {
    throw new ClientError(`Invalid 'reasoning_effort': must be one of ${efforts.join(', ')}.`, {
      param: 'reasoning_effort',
      problem: 'invalid_value',
    })
  }
  if (!traits.thinks) return undefined
  if (traits.generation >= 3) {
    const thinkingLevel = levelFor(effort, traits)
    return { config: { thinkingLevel }, isAsAsked: thinkingLevel === effort }
  }
  const thinkingBudget = budgetFor(effort, traits)
  const isAsAsked = effort === 'none' ? thinkingBudget === 0 : !isBeyondHigh(effort)
  return { config: { thinkingBudget }, isAsAsked }
}

const isBeyondHigh = (effort: Effort) => effort === 'xhigh' || effort === 'max'

/** Generation 3 cannot be kept from thinking; the lowest level is the nearest. */
function levelFor(effort: Effort, { lowestLevel }: ModelTraits): string {
  switch (effort) {
    case 'none':
    case 'minimal':
      return lowestLevel
    case 'low':
    case 'medium':
    case 'high':
      return effort
    case 'xhigh':
    case 'max':
      return 'high'
  }
}

/** Google's own table for its OpenAI endpoint. */
function budgetFor(effort: Effort, { lowestBudget }: ModelTraits): number {
  switch (effort) {
    case 'none':
      return lowestBudget
    case 'minimal':
    case 'low':
      return 1024
    case 'medium':
      return 8192
    case 'high':
    case 'xhigh':
    case 'max':
      return 24_576
  }
}
