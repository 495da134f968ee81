import { z } from 'zod'
import { ClientError } from '../../client-error.ts'

const input = z.union([
  z.string(),
  z.array(z.string()).min(1),
  z.array(z.number()).min(1),
  z.array(z.array(z.number())).min(1),
])

export const embeddingRequest = z.looseObject({
  model: z.string().min(1),
  input,
  dimensions: z.number().int().min(1).nullish(),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  /** Google's own word for what the vectors are for. */
  task_type: z.string().nullish(),
})
export type EmbeddingRequest = z.output<typeof embeddingRequest>

type EmbedContentRequest = {
  readonly model: string
  readonly content: { readonly parts: readonly [{ readonly text: string }] }
  readonly outputDimensionality?: number
  readonly taskType?: string
}

/** Google takes a hundred in one call. */
export const maxInputs = 2048
export const inputsPerCall = 100

/** One request an input, so that every input has its vector: parts of one content become one vector together. */
export function translateEmbeddings(
  request: EmbeddingRequest,
  model: string,
): EmbedContentRequest[] {
  const { dimensions, task_type: taskType } = request
  return textsOf(request.input).map((text) => ({
    model: `models/${model}`,
    content: { parts: [{ text }] },
    ...(dimensions ? { outputDimensionality: dimensions } : {}),
    ...(taskType ? { taskType } : {}),
  }))
}

function textsOf(given: EmbeddingRequest['input']): string[] {
  const list = typeof given === 'string' ? [given] : given
  const texts = list.flatMap((one) => (typeof one === 'string' ? one : []))
  if (texts.length < list.length) {
    throw new ClientError(
      "'input' must be a text or a list of texts: token ids mean nothing to Gemini's models.",
      { param: 'input' },
    )
  }
  const empty = texts.indexOf('')
  if (empty !== -1) {
    const param = typeof given === 'string' ? 'input' : `input[${empty}]`
    throw new ClientError(`'${param}' cannot be an empty text.`, { param })
  }
  if (texts.length > maxInputs) {
    throw new ClientError(`'input' may have ${maxInputs} texts at most.`, { param: 'input' })
  }
  return texts
}

const batchAnswer = z.object({
  embeddings: z.array(z.object({ values: z.array(z.number()) })),
  usageMetadata: z.object({ promptTokenCount: z.number().nullish() }).nullish().catch(undefined),
})
export type BatchAnswer = z.output<typeof batchAnswer>

/** Google's answer to `batchEmbedContents`; undefined when it is not one. */
export function readEmbeddings(json: string): BatchAnswer | undefined {
  try {
    const read = batchAnswer.safeParse(JSON.parse(json))
    return read.success ? read.data : undefined
  } catch {
    return undefined
  }
}

/** OpenAI's answer out of those of all calls, in the order of the inputs. */
export function embeddingsOf(request: EmbeddingRequest, answers: readonly BatchAnswer[]): object {
  const vectors = answers.flatMap(({ embeddings }) => embeddings)
  const tokens = answers.reduce((sum, one) => sum + (one.usageMetadata?.promptTokenCount ?? 0), 0)
  const encode = request.encoding_format === 'base64' ? toBase64 : (values: number[]) => values
  return {
    object: 'list',
    data: vectors.map(({ values }, index) => ({
      object: 'embedding',
      index,
      embedding: encode(values),
    })),
    model: request.model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  }
}

/** Little-endian 32-bit floats, whatever the machine's own order is. */
function toBase64(values: readonly number[]): string {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeFloatLE(value, index * 4)
  return bytes.toString('base64')
}
