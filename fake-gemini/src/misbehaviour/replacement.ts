import type { FakeKeyState } from '../options.ts'
import { keyStates } from '../projects/key-states.ts'
import type { GoogleError } from '../wire/google-error.ts'
import { htmlError } from '../wire/html-error.ts'

/** Sent instead of an answer. */
export type Replacement =
  | { kind: 'error'; error: GoogleError }
  | { kind: 'raw'; status: number; contentType: string; body: string }
  | { kind: 'limit-zero' }
  | { kind: 'hang' }
  | { kind: 'reset' }

const serverErrors: Readonly<Record<number, { status: string; message: string }>> = {
  400: { status: 'INVALID_ARGUMENT', message: 'Request contains an invalid argument.' },
  429: {
    status: 'RESOURCE_EXHAUSTED',
    message: 'Resource has been exhausted (e.g. check quota).',
  },
  499: { status: 'CANCELLED', message: 'The operation was cancelled.' },
  500: { status: 'INTERNAL', message: 'Internal error encountered.' },
  503: {
    status: 'UNAVAILABLE',
    message:
      'This model is currently experiencing high demand. Spikes in demand are usually temporary. Please try again later.',
  },
  504: {
    status: 'DEADLINE_EXCEEDED',
    message: 'Deadline expired before operation could complete.',
  },
}

function serverError(code: number): GoogleError {
  const { status, message } = serverErrors[code] ?? { status: 'UNKNOWN', message: 'Unknown error.' }
  return { code, status, message, verdict: 'misbehaved' }
}

function ofKeyState(state: Exclude<FakeKeyState, 'ok'>): GoogleError {
  const details = { key: '', projectNumber: '', rpc: '' }
  return { ...keyStates[state].errorFor(details), verdict: 'misbehaved' }
}

function html(status: number, title: string): Replacement {
  return { kind: 'raw', status, ...htmlError(status, title) }
}

export const replacement = { serverError, ofKeyState, html }
