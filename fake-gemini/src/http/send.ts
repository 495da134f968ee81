import { gzipSync } from 'node:zlib'
import { errorBody } from '../wire/google-error.ts'
import type { GoogleError } from '../wire/google-error.ts'
import { htmlError } from '../wire/html-error.ts'
import type { Call } from './call.ts'

const json = 'application/json; charset=UTF-8'

const common = {
  Vary: 'Origin, X-Origin, Referer',
  Server: 'scaffolding on HTTPServer2',
  'Server-Timing': 'gfet4t7; dur=12',
  'X-Xss-Protection': '0',
  'X-Frame-Options': 'SAMEORIGIN',
  'X-Content-Type-Options': 'nosniff',
}
const jsonHeaders = { 'Content-Type': json, ...common }
const answerHeaders = { ...jsonHeaders, 'x-gemini-service-tier': 'standard' }
const gzipHeaders = { ...answerHeaders, 'Content-Encoding': 'gzip' }
export const sseHeaders = {
  'Content-Type': 'text/event-stream',
  'Content-Disposition': 'attachment',
  ...common,
  'x-gemini-service-tier': 'standard',
}
export const arrayHeaders = answerHeaders

const isSse = (call: Call): boolean => call.route.query['alt'] === 'sse'
const isStream = (call: Call): boolean => call.record.action === 'streamGenerateContent'

export function prettyJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

/** Pretty-printed, and compressed if the client accepts gzip. */
export function sendJson(call: Call, value: unknown): void {
  const body = prettyJson(value)
  call.record.status = 200
  if (/\bgzip\b/.test(call.request.headers['accept-encoding'] ?? '')) {
    call.response.writeHead(200, gzipHeaders).end(gzipSync(body, { level: 1 }))
    return
  }
  call.response.writeHead(200, answerHeaders).end(body)
}

export function sendError(call: Call, error: GoogleError): void {
  call.record.verdict = error.verdict
  call.record.status = error.code
  const body = errorBody(error)
  if (call.route.target.kind === 'openai') {
    // The OpenAI endpoint wraps every error in a list.
    call.response
      .writeHead(error.code, jsonHeaders)
      .end(`[${JSON.stringify(body, undefined, 2)}]\n`)
  } else if (!isStream(call)) {
    call.response.writeHead(error.code, jsonHeaders).end(prettyJson(body))
  } else if (isSse(call)) {
    // Before the first event Google sends plain JSON with the content type of the stream.
    call.response.writeHead(error.code, sseHeaders).end(prettyJson(body))
  } else {
    call.response
      .writeHead(error.code, jsonHeaders)
      .end(`[${JSON.stringify(body, undefined, 2)}\n]\n`)
  }
}

export function sendRaw(
  call: Call,
  raw: { status: number; contentType: string; body: string },
): void {
  call.record.status = raw.status
  call.response.writeHead(raw.status, { 'Content-Type': raw.contentType }).end(raw.body)
}

/** The 404 of Google's front end. */
export function sendNotFound(call: Call): void {
  call.record.verdict = 'not-found'
  sendRaw(call, { status: 404, ...htmlError(404, 'Not Found') })
}
