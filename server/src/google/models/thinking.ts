export type ThinkingConfig =
  | { readonly thinkingBudget: number; readonly includeThoughts?: boolean }
  | { readonly thinkingLevel: 'MINIMAL' | 'LOW' }

/** The least thinking that a model accepts. From generation 3 on, thinking has levels, and only some models have MINIMAL. */
export function leastThinking(model: string): ThinkingConfig {
  if (model.includes('gemini-2.5-pro')) return { thinkingBudget: 128 }
  if (/gemini-[12]\b/.test(model)) return { thinkingBudget: 0 }
  const hasMinimal = model.includes('flash-lite') || /gemini-3(\.[56])?-flash/.test(model)
  return { thinkingLevel: hasMinimal ? 'MINIMAL' : 'LOW' }
}
