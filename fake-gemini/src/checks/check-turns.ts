import { hasFunctionResponse } from '../answer/last-user-text.ts'
import type { Model } from '../models.ts'
import { invalidArgument } from '../wire/google-error.ts'
import type { GoogleError } from '../wire/google-error.ts'
import type { Content } from '../wire/request.ts'

const callOutOfTurn =
  'Please ensure that function call turn comes immediately after a user turn or after a function response turn.'
const responseOutOfTurn =
  'Please ensure that function response turn comes immediately after a function call turn.'
const unequal =
  'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.'

const countCalls = (content: Content | undefined): number =>
  content?.parts?.filter((part) => part.functionCall).length ?? 0
const countResponses = (content: Content | undefined): number =>
  content?.parts?.filter((part) => part.functionResponse).length ?? 0

/** Function responses must follow their calls, and there must be as many. */
export function checkTurns(contents: readonly Content[], model: Model): GoogleError | undefined {
  for (let index = 0; index < contents.length; index += 1) {
    const problem = problemAt(contents, index, model)
    if (problem !== undefined) return invalidArgument(problem)
  }
  return undefined
}

function problemAt(contents: readonly Content[], index: number, model: Model): string | undefined {
  const content = contents[index]
  const before = contents[index - 1]
  const calls = countCalls(content)
  if (calls > 0) {
    if (!before || before.role === 'model') return callOutOfTurn
    const after = contents[index + 1]
    // From generation 3 Google answers such a request with an empty candidate instead.
    const strict = model.generation < 3 && after !== undefined
    if (strict && countResponses(after) !== calls) return unequal
  }
  if (hasFunctionResponse(content) && countCalls(before) === 0) return responseOutOfTurn
  return undefined
}

/** Gemini 3 resolves references inside function responses and rejects unknown ones. */
export function checkReferences(
  contents: readonly Content[],
  model: Model,
): GoogleError | undefined {
  if (model.generation < 3) return undefined
  for (const { parts = [] } of contents) {
    for (const { functionResponse } of parts) {
      const reference = functionResponse && findReference(functionResponse.response)
      if (reference !== undefined) {
        return invalidArgument(
          `Request contains an invalid argument: referenced name '${reference}' does not match a display_name.`,
        )
      }
    }
  }
  return undefined
}

function findReference(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  for (const [key, item] of Object.entries(value)) {
    if (key === '$ref' && typeof item === 'string' && item.startsWith('#/')) return item
    const inner = findReference(item)
    if (inner !== undefined) return inner
  }
  return undefined
}
