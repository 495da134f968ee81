/** The request is invalid. */
export class ClientError extends Error {
  /** The invalid field: `messages[0].content`. */
  readonly param: string | undefined
  /** OpenAI's error code: `invalid_value`. */
  readonly problem: string | undefined

  constructor(
    message: string,
    options: { param?: string; problem?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.name = 'ClientError'
    this.param = options.param
    this.problem = options.problem
  }
}
