import type { ThinkingConfig } from '../../../../google/requests/gemini-request.ts'
import { ClientError } from '../../../client-error.ts'
import type { ModelTraits } from '../../../../google/models/model-traits.ts'

const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const
type Effort = (typeof efforts)[number]

const isEffort = (text: string): text is Effort => efforts.some((one) => one === text)

export type Thinking = {
  readonly config: ThinkingConfig
  /** Whether the model has exactly the requested effort; otherwise it gets the nearest one. */
  readonly isExact: boolean
}

/** Maps an effort to a thinking level (Gemini 3 and later) or budget (2.5). Older models do not think. */
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
    return { config: { thinkingLevel }, isExact: thinkingLevel === effort }
  }
  const thinkingBudget = budgetFor(effort, traits)
  const isExact = effort === 'none' ? thinkingBudget === 0 : !isBeyondHigh(effort)
  return { config: { thinkingBudget }, isExact }
}

const isBeyondHigh = (effort: Effort) => effort === 'xhigh' || effort === 'max'

/** Gemini 3 always thinks; `none` becomes the lowest level. */
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

/** The budgets that Google documents for its OpenAI endpoint. */
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
