import type { Model } from '../models.ts'
import { invalidArgument } from '../wire/google-error.ts'
import type { GoogleError } from '../wire/google-error.ts'
import type { GenerateContentRequest } from '../wire/request.ts'
import { checkContents } from './check-contents.ts'

export type Checked = { model: Model; tokens: number }

export function checkRequest(
  request: GenerateContentRequest,
  { model, tokens }: Checked,
): GoogleError | undefined {
  const contents = request.contents ?? []
  return (
    checkContents(contents, 'GenerateContentRequest') ??
    (tokens > model.inputTokenLimit
      ? invalidArgument(
          `The input token count exceeds the maximum number of tokens allowed (${model.inputTokenLimit}).`,
        )
      : undefined)
  )
}
