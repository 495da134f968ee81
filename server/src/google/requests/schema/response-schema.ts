import { isObject, type JsonObject } from '../../../runtime/json-value.ts'
import { modelTraits } from '../../models/model-traits.ts'
import { snakeCase } from '../json/member-name.ts'
import { fitJsonSchema } from './json-schema.ts'
import { refusalOf, withCamelKeywords } from './refused-schema.ts'
import { compileSchema } from './schema-compiler.ts'

/**
 * Members of a generationConfig that repair a `responseSchema` which Google refuses. JSON Schema moves to the field for it where the
 * model has one; else it becomes Google's form.
 */
export function repairedResponseSchema(config: JsonObject, model: string): JsonObject {
  const written = read(config, 'responseSchema')
  const refusal = refusalOf(written)
  if (refusal === undefined || isPresent(read(config, 'responseJsonSchema'))) return {}
  const schema = withCamelKeywords(written)
  if (refusal === 'keywords' && isObject(schema) && modelTraits(model).takesJsonSchema) {
    return { responseSchema: null, responseJsonSchema: fitJsonSchema(schema).schema }
  }
  return { responseSchema: compileSchema(schema) }
}

const read = (object: JsonObject, name: string): unknown => object[name] ?? object[snakeCase(name)]

const isPresent = (value: unknown) => value !== undefined && value !== null
