import { invalidArgument } from '../wire/google-error.ts'
import type { GoogleError } from '../wire/google-error.ts'
import type { Content, Part } from '../wire/request.ts'

const roles: ReadonlySet<string> = new Set(['user', 'model', 'function', ''])

/** For every request with contents. */
export function checkContents(
  contents: readonly Content[],
  message: string,
): GoogleError | undefined {
  if (contents.length === 0) {
    return invalidArgument(`* ${message}.contents: contents is not specified\n`)
  }
  const odd = contents.some(({ role }) => role !== undefined && !roles.has(role))
  if (odd) return invalidArgument('Please use a valid role: user, model.')
  const problems = contents.flatMap((content, index) =>
    partProblems(content, `* ${message}.contents[${index}].parts`),
  )
  return problems.length > 0 ? invalidArgument(problems.join('')) : undefined
}

function partProblems({ role, parts = [] }: Content, path: string): string[] {
  // A client may send back an empty answer of the model.
  if (parts.length === 0) {
    return role === 'model' ? [] : [`${path}: contents.parts must not be empty.\n`]
  }
  return parts.flatMap((part, index) =>
    hasData(part)
      ? []
      : [`${path}[${index}].data: required oneof field 'data' must have one initialized field\n`],
  )
}

function hasData(part: Part): boolean {
  return (
    part.text !== undefined ||
    part.functionCall !== undefined ||
    part.functionResponse !== undefined ||
    part.inlineData !== undefined ||
    part.fileData !== undefined ||
    part.executableCode !== undefined ||
    part.codeExecutionResult !== undefined ||
    part.toolCall !== undefined ||
    part.toolResponse !== undefined ||
    part.audioTranscription !== undefined ||
    part.thoughtSignature !== undefined
  )
}
