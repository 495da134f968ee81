/** The client's request cannot be translated; `param` names the field, as OpenAI's errors do. */
export class ClientError extends Error {
  readonly param: string | null
  readonly code: string | null

  constructor(message: string, options: { param?: string; code?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.name = 'InvalidRequest'
    this.param = options.param ?? null
    this.code = options.code ?? null
  }
}
