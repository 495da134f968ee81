import { errors, type ErrorCode } from '@gemini-balance/contract'

/** A request that cannot be served as it was sent. */
export class AdminError extends Error {
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string = errors[code].sentence) {
    super(message)
    this.name = 'AdminError'
    this.code = code
  }
}
