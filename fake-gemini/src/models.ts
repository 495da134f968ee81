export type ThinkingLevel = 'MINIMAL' | 'LOW' | 'MEDIUM' | 'HIGH'
export type ModelKind = 'text' | 'image' | 'tts' | 'embedding'

export type Model = {
  readonly id: string
  /** `modelVersion` in answers; differs from the id for aliases. */
  readonly version: string
  readonly displayName: string
  readonly kind: ModelKind
  /** Models from generation 3 have function call ids, thought signatures, and one candidate only. */
  readonly generation: number
  readonly inputTokenLimit: number
  readonly outputTokenLimit: number
  readonly thinking: Thinking | undefined
  readonly checksSignatures: boolean
  readonly paidOnly: boolean
  readonly stage: 'STABLE' | 'PREVIEW' | 'LEGACY'
}

export type Thinking = {
  /** Empty if the model only takes budgets. */
  readonly levels: readonly ThinkingLevel[]
  readonly default: ThinkingLevel
  readonly budget: { readonly min: number; readonly max: number }
  readonly canBeOff: boolean
}

type Row = Partial<Omit<Model, 'id'>> & { generation: number }

const upTo24k = { min: 0, max: 24_576 }
const anyBudget = { min: 1, max: 65_536 }
const threeLevels = ['LOW', 'MEDIUM', 'HIGH'] as const
const fourLevels = ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'] as const

function thinks(levels: readonly ThinkingLevel[], standard: ThinkingLevel): Thinking {
  return { levels, default: standard, budget: anyBudget, canBeOff: false }
}

const flash38: Row = { generation: 3.8, thinking: thinks(threeLevels, 'MEDIUM') }
const flashLite35: Row = { generation: 3.5, thinking: thinks(fourLevels, 'MINIMAL') }
const pro31: Row = {
  generation: 3.1,
  thinking: thinks(threeLevels, 'HIGH'),
  stage: 'PREVIEW',
  paidOnly: true,
}
const four: Row = { generation: 4, thinking: thinks(threeLevels, 'MEDIUM'), paidOnly: true }
const flash25: Row = {
  generation: 2.5,
  thinking: { levels: [], default: 'MEDIUM', budget: upTo24k, canBeOff: true },
  stage: 'LEGACY',
}
const pro25: Row = {
  ...flash25,
  thinking: {
    levels: [],
    default: 'MEDIUM',
    budget: { min: 128, max: 32_768 },
    canBeOff: false,
  },
}
const image: Row = {
  generation: 3.1,
  kind: 'image',
  paidOnly: true,
  inputTokenLimit: 131_072,
  outputTokenLimit: 32_768,
  checksSignatures: false,
}
const tts: Row = {
  generation: 3.8,
  kind: 'tts',
  inputTokenLimit: 8_192,
  outputTokenLimit: 16_384,
  checksSignatures: false,
}
const embedding: Row = {
  generation: 2,
  kind: 'embedding',
  inputTokenLimit: 8_192,
  outputTokenLimit: 1,
}
const gemma: Row = { generation: 2, inputTokenLimit: 131_072, outputTokenLimit: 32_768 }

const rows: Readonly<Record<string, Row>> = {
  'gemini-4-carbon': four,
  'gemini-4-argon': four,
  'gemini-3.8-flash': flash38,
  'gemini-3.7-flash': { ...flash38, generation: 3.7 },
  'gemini-3.6-flash': { generation: 3.6, thinking: thinks(fourLevels, 'MEDIUM') },
  'gemini-3.5-flash': { generation: 3.5, thinking: thinks(fourLevels, 'MEDIUM') },
  'gemini-3.5-flash-lite': flashLite35,
  'gemini-3.1-flash-lite': { ...flashLite35, generation: 3.1 },
  'gemini-3.1-pro-preview': pro31,
  'gemini-3.1-pro-preview-customtools': pro31,
  'gemini-3-flash-preview': {
    generation: 3,
    thinking: thinks(fourLevels, 'HIGH'),
    stage: 'PREVIEW',
  },
  'gemini-2.5-pro': pro25,
  'gemini-2.5-flash': flash25,
  'gemini-2.5-flash-lite': flash25,
  'gemini-flash-latest': { ...flash38, version: 'gemini-3.8-flash' },
  'gemini-flash-lite-latest': { ...flashLite35, version: 'gemini-3.5-flash-lite' },
  'gemini-pro-latest': { ...pro31, version: 'gemini-3.1-pro-preview' },
  'gemini-3.1-flash-image': image,
  'gemini-3.1-flash-lite-image': image,
  'gemini-3-pro-image': { ...image, generation: 3 },
  'nano-banana-pro-preview': { ...image, generation: 3, stage: 'PREVIEW' },
  'gemini-nano-banana-2.1': image,
  'gemini-2.5-flash-image': { ...image, generation: 2.5, stage: 'LEGACY' },
  'gemini-3.8-flash-tts': tts,
  'gemini-3.8-flash-lite-tts': tts,
  'gemini-3.1-flash-tts-preview': { ...tts, generation: 3.1, stage: 'PREVIEW' },
  'gemini-2.5-flash-preview-tts': { ...tts, generation: 2.5, stage: 'PREVIEW' },
  'gemini-2.5-pro-preview-tts': { ...tts, generation: 2.5, stage: 'PREVIEW' },
  'gemini-embedding-2': embedding,
  'gemini-embedding-001': { ...embedding, inputTokenLimit: 2_048 },
  'gemma-4-31b-it': gemma,
  'gemma-4-26b-a4b-it': gemma,
}

function toModel(id: string, row: Row): Model {
  return {
    id,
    version: id,
    displayName: id
      .split('-')
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join(' '),
    kind: 'text',
    inputTokenLimit: 1_048_576,
    outputTokenLimit: 65_536,
    thinking: undefined,
    checksSignatures: row.generation >= 3,
    paidOnly: false,
    stage: 'STABLE',
    ...row,
  }
}

/** Models that answered over REST in November 2026, in the order of Google's list. */
export const models: readonly Model[] = Object.entries(rows).map(([id, row]) => toModel(id, row))

const byId = new Map(models.map((model) => [model.id, model]))

/** The `fake-…` models behave like this one. */
export const defaultModel: Model = toModel('gemini-3.8-flash', flash38)

export function modelNamed(id: string): Model | undefined {
  return byId.get(id)
}

const methodsOf: Readonly<Record<ModelKind, readonly string[]>> = {
  text: ['generateContent', 'countTokens', 'createCachedContent', 'batchGenerateContent'],
  image: ['generateContent', 'countTokens', 'batchGenerateContent'],
  tts: ['generateContent', 'countTokens', 'batchGenerateContent'],
  embedding: ['embedContent', 'countTextTokens', 'countTokens', 'asyncBatchEmbedContent'],
}

export function describeModel(model: Model): object {
  return {
    name: `models/${model.id}`,
    baseModelId: model.version,
    version: String(model.generation),
    displayName: model.displayName,
    description: `Simulated ${model.displayName}.`,
    inputTokenLimit: model.inputTokenLimit,
    outputTokenLimit: model.outputTokenLimit,
    supportedGenerationMethods: methodsOf[model.kind],
    ...(model.kind === 'embedding'
      ? {}
      : { temperature: 1, topP: 0.95, topK: 64, maxTemperature: 2 }),
    ...(model.thinking ? { thinking: true } : {}),
    modelStage: model.stage,
  }
}
