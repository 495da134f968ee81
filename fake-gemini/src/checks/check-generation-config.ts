import type { Model } from '../models.ts'
import { invalidArgument } from '../wire/google-error.ts'
import type { GoogleError } from '../wire/google-error.ts'
import type { GenerationConfig } from '../wire/request.ts'
import { jsonSchemaProblems } from './check-json-schema.ts'
import { schemaProblems, tooDeep } from './check-schema.ts'
import { thinkingProblem } from './thinking-problem.ts'

const mimeTypes: ReadonlySet<string> = new Set([
  '',
  'text/plain',
  'application/json',
  'application/xml',
  'application/yaml',
  'text/x.enum',
])
const maxStopSequences = 5
const at = (field: string, text: string): string =>
  `* GenerateContentRequest.generation_config.${field}: ${text}\n`

export function checkGenerationConfig(
  config: GenerationConfig,
  model: Model,
): GoogleError | undefined {
  const problem =
    rangeProblem(config) ??
    candidatesProblem(config, model) ??
    thinkingProblem(config, model) ??
    formatProblem(config) ??
    modalityProblem(config, model)
  return problem === undefined ? undefined : invalidArgument(problem)
}

function rangeProblem(config: GenerationConfig): string | undefined {
  const { temperature = 1, topP = 1, topK = 1, maxOutputTokens = 1, stopSequences = [] } = config
  const problems: string[] = []
  if (temperature < 0 || temperature > 2) {
    problems.push(at('temperature', 'temperature must be in the range [0.0, 2.0].'))
  }
  if (topP < 0 || topP > 1) problems.push(at('top_p', 'top_p must be in the range [0.0, 1.0].'))
  if (topK < 0) problems.push(at('top_k', 'top_k must be positive.'))
  if (maxOutputTokens < 0) {
    problems.push(at('max_output_tokens', 'max_output_tokens must be positive.'))
  }
  if (stopSequences.length > maxStopSequences) {
    problems.push(
      at('stop_sequences', `at most ${maxStopSequences} stop sequences can be specified.`),
    )
  }
  return problems.length > 0 ? problems.join('') : undefined
}

function candidatesProblem({ candidateCount = 1 }: GenerationConfig, model: Model) {
  if (candidateCount < 1 || candidateCount > 8) {
    return at('candidate_count', 'candidate_count must be in the range [1, 8].')
  }
  if (candidateCount === 1 || model.generation < 3) return undefined
  return 'Multiple candidates is not enabled for this model'
}

function formatProblem(config: GenerationConfig): string | undefined {
  const { responseMimeType: mimeType = '', responseSchema, responseJsonSchema } = config
  if (!mimeTypes.has(mimeType)) {
    return at(
      'response_mime_type',
      'allowed mimetypes are `text/plain`, `application/json`, `application/xml`, `application/yaml` and `text/x.enum`.',
    )
  }
  if (responseSchema && responseJsonSchema !== undefined) {
    return 'Only one of response_schema and response_json_schema can be set.'
  }
  const hasSchema = responseSchema !== undefined || responseJsonSchema !== undefined
  if (hasSchema && mimeType !== 'application/json' && mimeType !== 'text/x.enum') {
    return at(
      'response_schema',
      'only allowed when response_mime_type is `application/json` or `text/x.enum`.',
    )
  }
  const problems = schemaProblemsOf(config)
  if (problems.some((problem) => problem.endsWith(tooDeep))) return tooDeep
  return problems.length > 0 ? problems.map((line) => `* ${line}\n`).join('') : undefined
}

function schemaProblemsOf({ responseSchema, responseJsonSchema }: GenerationConfig): string[] {
  const path = 'GenerateContentRequest.generation_config'
  if (responseJsonSchema !== undefined) {
    return jsonSchemaProblems(responseJsonSchema, `${path}.response_json_schema`)
  }
  return responseSchema ? schemaProblems(responseSchema, `${path}.response_schema`) : []
}

function modalityProblem({ responseModalities = [] }: GenerationConfig, model: Model) {
  const possible: Readonly<Record<Model['kind'], readonly string[]>> = {
    text: ['TEXT', 'MODALITY_UNSPECIFIED'],
    image: ['TEXT', 'IMAGE', 'MODALITY_UNSPECIFIED'],
    tts: ['AUDIO'],
    embedding: [],
  }
  const wrong = responseModalities.some((modality) => !possible[model.kind].includes(modality))
  if (!wrong) return undefined
  const asked = responseModalities.join(', ').toLowerCase()
  return `The requested combination of response modalities (${asked}) is not supported by the model. models/${model.id} accepts the following combination of response modalities:\n${possible[model.kind].map((one) => `* ${one}\n`).join('')}`
}
