/** What cannot be done as it was asked, in a sentence for whoever asked. */
export class AdminError extends Error {
  readonly status: 400 | 404 | 410 | 429 | 503
  readonly code: string

  constructor(status: 400 | 404 | 410 | 429 | 503, code: string, message: string) {
    super(message)
    this.name = 'AdminRefused'
    this.status = status
    this.code = code
  }
}
