import type { ResponseFormat } from './chat-request.ts'
import type {
  FunctionCallingConfig,
  GenerationConfig,
  Tool,
} from '../../../../google/requests/gemini-request.ts'
import { ClientError } from '../../../client-error.ts'
import { isObject } from '../../../../runtime/json-value.ts'
import type { ModelTraits } from '../../../../google/models/model-traits.ts'
import { fitJsonSchema } from '../../../../google/requests/schema/json-schema.ts'
import { compileSchema } from '../../../../google/requests/schema/schema-compiler.ts'
import { lostKeywords, type Translated } from '../../../translate/warnings.ts'

type Format = Pick<GenerationConfig, 'responseMimeType' | 'responseSchema' | 'responseJsonSchema'>

type FormatContext = {
  readonly traits: ModelTraits
  readonly tools: readonly Tool[]
  readonly choice: FunctionCallingConfig | undefined
}

/** JSON answers. Google refuses them with forced calls, and before Gemini 3 with any tool. */
export function translateResponseFormat(
  format: ResponseFormat | null | undefined,
  { traits, tools, choice }: FormatContext,
): Translated<Format> {
  if (!format || format.type === 'text') return { value: {}, warnings: [] }
  const hasTools = tools.length > 0
  if (choice?.mode === 'ANY' || (hasTools && traits.generation < 3)) {
    const reason = 'The model does not support JSON answers with these tools.'
    return { value: {}, warnings: [{ field: 'response_format', reason }] }
  }
  const responseMimeType = 'application/json'
  if (format.type === 'json_object') return { value: { responseMimeType }, warnings: [] }
  const { schema } = format.json_schema
  if (schema === undefined || schema === null) return { value: { responseMimeType }, warnings: [] }
  const param = 'response_format.json_schema.schema'
  if (!isObject(schema)) throw new ClientError(`'${param}' must be a JSON Schema.`, { param })
  const fitted = fitJsonSchema(schema)
  const warnings = lostKeywords(fitted.lost, param)
  if (!traits.takesJsonSchema) {
    return { value: { responseMimeType, responseSchema: compileSchema(schema) }, warnings }
  }
  return { value: { responseMimeType, responseJsonSchema: fitted.schema }, warnings }
}
