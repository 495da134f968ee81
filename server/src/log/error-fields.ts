import { pino } from 'pino'

/** Errors of the system, a database or a connection have a code: they are no bugs, so nobody needs their stacks. */
function isExpected(error: Error): boolean {
  if (error.name === 'StartError') return true
  return 'code' in error && typeof error.code === 'string' && !error.code.startsWith('ERR_')
}

type Fields = Readonly<Record<string, unknown>>

/** An error and its causes for the log; only what is unexpected has a stack. */
export function errorFields(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { stack, ...fields }: Fields = { ...pino.stdSerializers.errWithCause(error) }
  const cause = error.cause instanceof Error ? { cause: errorFields(error.cause) } : {}
  return isExpected(error) ? { ...fields, ...cause } : { ...fields, stack, ...cause }
}
