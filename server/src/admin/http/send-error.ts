import { errors, SettingsError, type ErrorCode } from '@gemini-balance/contract'
import type { FastifyReply } from 'fastify'
import { BodyError } from '../../http/request-body.ts'
import { DatabaseError } from '../../runtime/database-error.ts'
import { AdminError } from './admin-error.ts'
import { InputError } from './input.ts'

export const problem = (code: ErrorCode, message: string = errors[code].sentence) => ({
  error: { code, message },
})

export function sendProblem(reply: FastifyReply, code: ErrorCode, message?: string): FastifyReply {
  return reply.code(errors[code].status).send(problem(code, message))
}

/** Answers with a mistake of the client; undefined where the error is none. */
export function sendClientError(reply: FastifyReply, error: unknown): FastifyReply | undefined {
  if (error instanceof SettingsError || error instanceof InputError) {
    const { message, problems } = error
    return reply.code(400).send({ ...problem('invalid_input', message), problems })
  }
  if (error instanceof AdminError) {
    const { code, message } = error
    // The Python program answered failures with success and message.
    const body = { ...problem(code, message), success: false, message }
    return reply.code(errors[code].status).send(body)
  }
  if (error instanceof BodyError) {
    // The rest of the body is not read, so the connection cannot take another request.
    reply.header('connection', 'close')
    return sendProblem(reply, error.code, error.message)
  }
  return undefined
}

export function sendFailure(reply: FastifyReply, error: unknown): FastifyReply {
  if (!(error instanceof DatabaseError)) return sendProblem(reply, 'internal_error')
  return sendProblem(reply.header('retry-after', '5'), 'database_unavailable')
}
