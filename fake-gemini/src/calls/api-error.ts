import type { GoogleError } from '../wire/google-error.ts'

/** A Google error to send; `http/serve.ts` writes it. */
export class ApiError extends Error {
  readonly error: GoogleError
  constructor(error: GoogleError) {
    super(error.message)
    this.name = 'ApiError'
    this.error = error
  }
}

export function throwIfError(error: GoogleError | undefined): void {
  if (error) throw new ApiError(error)
}
