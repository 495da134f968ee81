import { invalidArgument } from '../wire/google-error.ts'
import type { GoogleError } from '../wire/google-error.ts'
import type { Content } from '../wire/request.ts'

const roles: ReadonlySet<string> = new Set(['user', 'model', 'function', ''])

/** Checks that every request with contents has to pass. */
export function checkContents(
  contents: readonly Content[],
  message: string,
): GoogleError | undefined {
  if (contents.length === 0) {
    return invalidArgument(`* ${message}.contents: contents is not specified\n`)
  }
  const odd = contents.some(({ role }) => role !== undefined && !roles.has(role))
  return odd ? invalidArgument('Please use a valid role: user, model.') : undefined
}
