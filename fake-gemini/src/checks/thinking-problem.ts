import type { Model, ThinkingLevel } from '../models.ts'
import type { GenerationConfig } from '../wire/request.ts'

export function thinkingProblem(config: GenerationConfig, model: Model): string | undefined {
  const { thinkingBudget, thinkingLevel, includeThoughts } = config.thinkingConfig ?? {}
  const level = thinkingLevel === 'THINKING_LEVEL_UNSPECIFIED' ? undefined : thinkingLevel
  if (thinkingBudget !== undefined && level !== undefined) {
    return 'You can only set only one of thinking budget and thinking level.'
  }
  if (!model.thinking) {
    const wants = level !== undefined || (thinkingBudget ?? 0) !== 0 || includeThoughts === true
    return wants ? 'Thinking is not enabled for this model.' : undefined
  }
  if (level !== undefined) return levelProblem(level, model.thinking.levels)
  return thinkingBudget === undefined ? undefined : budgetProblem(thinkingBudget, model.thinking)
}

function levelProblem(level: ThinkingLevel, levels: readonly ThinkingLevel[]) {
  if (levels.length === 0) return 'Thinking level is not supported for this model.'
  if (levels.includes(level)) return undefined
  return `Thinking level ${level} is not supported for this model. Please retry with other thinking level.`
}

function budgetProblem(
  budget: number,
  { budget: { min, max }, canBeOff }: NonNullable<Model['thinking']>,
): string | undefined {
  const dynamic = -1
  if (budget === dynamic) return undefined
  if (budget === 0) {
    return canBeOff ? undefined : 'Budget 0 is invalid. This model only works in thinking mode.'
  }
  if (budget >= min && budget <= max) return undefined
  return `The thinking budget ${budget} is invalid. Please choose a value between ${min} and ${max}.`
}
