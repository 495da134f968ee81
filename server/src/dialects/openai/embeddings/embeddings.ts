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
  /** Google's parameter for the purpose of the vectors. */
  task_type: z.string().nullish(),
})
export type EmbeddingRequest = z.output<typeof embeddingRequest>

type EmbedContentRequest = {
  readonly model: string
  readonly content: { readonly parts: readonly [{ readonly text: string }] }
  readonly outputDimensionality?: number
  readonly taskType?: string
}

/** OpenAI's limit for a request. */
export const maxInputs = 2048
/** Google's limit for a call. */
export const inputsPerCall = 100

/** One request per input: Google returns one vector per content. */
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
      "'input' must be a text or a list of texts. Gemini does not accept token ids.",
      { param: 'input' },
    )
  }
  const empty = texts.indexOf('')
  if (empty !== -1) {
    const param = typeof given === 'string' ? 'input' : `input[${empty}]`
    throw new ClientError(`'${param}' must not be empty.`, { param })
  }
  if (texts.length > maxInputs) {
    throw new ClientError(`'input' must have at most ${maxInputs} texts.`, { param: 'input' })
  }
  return texts
}

const batchAnswer = z.object({
  embeddings: z.array(z.object({ values: z.array(z.number()) })),
  usageMetadata: z.object({ promptTokenCount: z.number().nullish() }).nullish().catch(undefined),
})
export type BatchAnswer = z.output<typeof batchAnswer>

/** Parses an answer to `batchEmbedContents`; undefined when it is invalid. */
export function readEmbeddings(json: string): BatchAnswer | undefined {
  try {
    const read = batchAnswer.safeParse(JSON.parse(json))
    return read.success ? read.data : undefined
  } catch {
    return undefined
  }
}

/** Joins the answers of all calls in the order of the inputs. */
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

/** Little-endian 32-bit floats on every machine. */
function toBase64(values: readonly number[]): string {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeFloatLE(value, index * 4)
  return bytes.toString('base64')
}
