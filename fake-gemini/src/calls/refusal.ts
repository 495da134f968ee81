import type { GoogleError } from '../wire/google-error.ts'

/** Thrown where a call cannot go on; becomes HTTP in one place. */
export class Refusal extends Error {
  readonly error: GoogleError
  constructor(error: GoogleError) {
    super(error.message)
    this.name = 'Refusal'
    this.error = error
  }
}

export function refuseIf(error: GoogleError | undefined): void {
  if (error) throw new Refusal(error)
}
