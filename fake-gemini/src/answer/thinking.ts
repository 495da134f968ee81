import type { Model, ThinkingLevel } from '../models.ts'
import type { GenerationConfig } from '../wire/request.ts'

const tokensOf: Readonly<Record<ThinkingLevel, number>> = {
  MINIMAL: 0,
  LOW: 16,
  MEDIUM: 48,
  HIGH: 128,
}

/** At most half of the output limit. */
export function thinkingTokens(model: Model, config: GenerationConfig): number {
  const { thinking } = model
  if (!thinking) return 0
  const { thinkingBudget = -1, thinkingLevel } = config.thinkingConfig ?? {}
  const level =
    thinkingLevel === undefined || thinkingLevel === 'THINKING_LEVEL_UNSPECIFIED'
      ? thinking.default
      : thinkingLevel
  const wanted = thinkingBudget >= 0 ? Math.min(thinkingBudget, tokensOf.HIGH) : tokensOf[level]
  return Math.min(wanted, Math.floor((config.maxOutputTokens ?? Infinity) / 2))
}
