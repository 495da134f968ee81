import { hasFunctionResponse } from '../answer/last-user-text.ts'
import type { Model } from '../models.ts'
import { invalidArgument } from '../wire/google-error.ts'
import type { GoogleError } from '../wire/google-error.ts'
import type { Content } from '../wire/request.ts'
import { acceptsSignature } from '../wire/signature.ts'

/** The current turn begins after the last content with user text. */
function currentTurnStart(contents: readonly Content[]): number {
  const spoken = contents.findLastIndex(
    (content) =>
      content.role !== 'model' &&
      !hasFunctionResponse(content) &&
      (content.parts?.some((part) => part.text !== undefined) ?? false),
  )
  return spoken + 1
}

/**
 * In the current turn the first function call of each model content must have a signature, and
 * all signatures must be valid. Earlier turns are not checked.
 */
export function checkSignatures(
  contents: readonly Content[],
  model: Model,
): GoogleError | undefined {
  if (!model.checksSignatures) return undefined
  for (let index = currentTurnStart(contents); index < contents.length; index += 1) {
    const calls = contents[index]?.parts?.filter((part) => part.functionCall) ?? []
    const [first] = calls
    if (first && first.thoughtSignature === undefined) {
      return missing(first.functionCall?.name ?? '', index + 1)
    }
    const foreign = calls.some(
      ({ thoughtSignature }) =>
        thoughtSignature !== undefined && !acceptsSignature(thoughtSignature),
    )
    if (foreign) return invalidArgument('Corrupted thought signature.')
  }
  return undefined
}

/** Google does not document what the position counts; here it is the index of the content plus one. */
function missing(name: string, position: number): GoogleError {
  return invalidArgument(
    `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call \`default_api:${name}\`, position ${position}. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.`,
  )
}
