/** The client's request cannot be served as it is. */
export class ClientError extends Error {
  /** The field at fault: `messages[0].content`. */
  readonly param: string | undefined
  /** What is wrong with it, as OpenAI names it: `invalid_value`. */
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
