/** Properties of a model that translations need, derived from its name. */
export type ModelTraits = {
  /** 2.5, 3.8 and so on; aliases such as `gemini-flash-latest` count as the newest. */
  readonly generation: number
  readonly makesImages: boolean
  readonly thinks: boolean
  /** Lowest thinking level, for models with levels. */
  readonly lowestLevel: 'minimal' | 'low'
  /** Lowest thinking budget, for models with budgets. */
  readonly lowestBudget: number
  /** Whether function calls have ids and signatures, from generation 3 on. */
  readonly signsCalls: boolean
  readonly takesJsonSchema: boolean
  /** Whether it answers in JSON beside tools. */
  readonly takesJsonWithTools: boolean
}

const newest = 4

export function modelTraits(model: string): ModelTraits {
  const name = model.replace(/^models\//, '').toLowerCase()
  const generation = generationOf(name)
  const makesImages = /image|banana/.test(name)
  const isText =
    name.startsWith('gemini-') && !makesImages && !/tts|embedding|live|audio/.test(name)
  return {
    generation,
    makesImages,
    thinks: isText && generation >= 2.5,
    lowestLevel: hasMinimal(name, generation) ? 'minimal' : 'low',
    lowestBudget: name.includes('2.5-pro') ? 128 : 0,
    signsCalls: isText && generation >= 3,
    takesJsonSchema: generation >= 2.5,
    takesJsonWithTools: generation >= 3,
  }
}

function generationOf(name: string): number {
  const version = /(?:gemini|gemma|banana|robotics-er)-(\d+(?:\.\d+)?)/.exec(name)?.[1]
  if (name.startsWith('gemma-')) return 2
  if (version !== undefined) return Number(version)
  return name.startsWith('gemini-') ? newest : 2
}

/** 3.7, 3.8, the Pro models and generation 4 answer 400 to `minimal`. */
function hasMinimal(name: string, generation: number): boolean {
  if (name.includes('flash-lite')) return true
  return name.includes('flash') && generation < 3.7
}
