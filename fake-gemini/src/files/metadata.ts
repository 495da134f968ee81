import { ApiError, throwIfError } from '../calls/api-error.ts'
import { checkShape } from '../schema/check-shape.ts'
import { parseJson } from '../schema/parse-json.ts'
import { createFileRequest } from '../schema/request-schema.ts'
import { invalidArgument } from '../wire/google-error.ts'

/** What a client may choose about its file. */
export type FileMetadata = {
  id: string | undefined
  displayName: string | undefined
  mimeType: string | undefined
}

type CreateFileRequest = {
  file?: { name?: string; displayName?: string; mimeType?: string }
}

const prefix = 'files/'
const maxIdLength = 40
const maxDisplayNameLength = 512
const idPattern = /^[a-z0-9-]+$/

const isRequest = (value: unknown): value is CreateFileRequest =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Reads `{"file": {…}}`; fields that only Google sets are accepted and ignored. */
export function readMetadata(text: string, strict: boolean): FileMetadata {
  const parsed = parseJson(text)
  if ('error' in parsed) throw new ApiError(parsed.error)
  const { value } = parsed
  if (strict) throwIfError(checkShape(createFileRequest, value))
  if (!isRequest(value)) {
    throw new ApiError(invalidArgument('Invalid JSON payload received. Expected an object.'))
  }
  const { name, displayName, mimeType } = value.file ?? {}
  const problem = nameProblem(name) ?? displayNameProblem(displayName)
  if (problem !== undefined) {
    throw new ApiError(invalidArgument(`* CreateFileRequest.file.${problem}\n`))
  }
  return {
    id: name ? name.slice(prefix.length) : undefined,
    displayName,
    mimeType: mimeType || undefined,
  }
}

function nameProblem(name: string | undefined): string | undefined {
  if (name === undefined || name === '') return undefined
  if (!name.startsWith(prefix)) return "name: File resource name must begin with 'files/'."
  const id = name.slice(prefix.length)
  if (id.length > maxIdLength) {
    return `name: File resource name may have at most ${maxIdLength} characters after 'files/'.`
  }
  if (idPattern.test(id) && !id.startsWith('-') && !id.endsWith('-')) return undefined
  return 'name: File resource name may only contain lowercase alphanumeric characters or dashes (-) and cannot begin or end with a dash. You can set the display_name which is not constrained by this format.'
}

function displayNameProblem(displayName = ''): string | undefined {
  if (displayName.length <= maxDisplayNameLength) return undefined
  return `display_name: File display name may have at most ${maxDisplayNameLength} characters.`
}
