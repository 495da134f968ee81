import type { ResponseFormat } from './chat-request.ts'
import type {
  FunctionCallingConfig,
  GenerationConfig,
  Tool,
} from '../../../../google/requests/gemini-request.ts'
import { ClientError } from '../../../client-error.ts'
import { isObject, type JsonObject } from '../../../../runtime/json-value.ts'
import type { ModelTraits } from '../../../../google/models/model-traits.ts'
import { fitJsonSchema } from '../../../../google/requests/schema/json-schema.ts'
import { compileSchema } from '../../../../google/requests/schema/schema-compiler.ts'
import type { JsonDemand } from '../../../translate/json-demand.ts'
import { lostKeywords, type Translated } from '../../../translate/warnings.ts'

type Format = Pick<GenerationConfig, 'responseMimeType' | 'responseSchema' | 'responseJsonSchema'>

type FormatContext = {
  readonly traits: ModelTraits
  readonly tools: readonly Tool[]
  readonly choice: FunctionCallingConfig | undefined
}

export type TranslatedFormat = Translated<Format> & {
  /** Set where the model does not combine JSON with the tools: it must be asked for in words. */
  readonly json?: JsonDemand
  /** Set where the client forbids calls, so that tools only stand in the way of JSON. */
  readonly dropsTools?: true
}

/** JSON answers. Google refuses them with forced calls, and before Gemini 3 with any tool. */
export function translateResponseFormat(
  format: ResponseFormat | null | undefined,
  { traits, tools, choice }: FormatContext,
): TranslatedFormat {
  if (!format || format.type === 'text') return { value: {}, warnings: [] }
  const { value, warnings, schema } = jsonFormat(format, traits)
  if (tools.length === 0) return { value, warnings }
  const areDeclarations = tools.every(({ functionDeclarations }) => functionDeclarations)
  if (!traits.takesJsonWithTools && choice?.mode === 'NONE' && areDeclarations) {
    const reason = 'The model does not combine JSON answers with tools, and tool_choice is none.'
    return { value, warnings: [...warnings, { field: 'tools', reason }], dropsTools: true }
  }
  if (traits.takesJsonWithTools && choice?.mode !== 'ANY') return { value, warnings }
  const reason = 'The model does not combine JSON answers with these tools: it is asked in words.'
  return {
    value: {},
    warnings: [{ field: 'response_format', reason }],
    json: { schema, format: value },
  }
}

type JsonFormat = Translated<Format> & { readonly schema: JsonObject | undefined }

function jsonFormat(
  format: Exclude<ResponseFormat, { type: 'text' }>,
  traits: ModelTraits,
): JsonFormat {
  const responseMimeType = 'application/json'
  const plain = { value: { responseMimeType }, warnings: [], schema: undefined }
  if (format.type === 'json_object') return plain
  const { schema } = format.json_schema
  if (schema === undefined || schema === null) return plain
  const param = 'response_format.json_schema.schema'
  if (!isObject(schema)) throw new ClientError(`'${param}' must be a JSON Schema.`, { param })
  const fitted = fitJsonSchema(schema)
  const warnings = lostKeywords(fitted.lost, param)
  if (!traits.takesJsonSchema) {
    const responseSchema = compileSchema(schema)
    return { value: { responseMimeType, responseSchema }, warnings, schema }
  }
  return { value: { responseMimeType, responseJsonSchema: fitted.schema }, warnings, schema }
}
