import type { Call } from '../../http/call.ts'

/** The upload server answers in plain text, unlike the API behind it. */
export class UploadError extends Error {
  readonly status: number
  constructor(message: string, status = 400) {
    super(message)
    this.name = 'UploadError'
    this.status = status
  }
}

export const terminated = (): UploadError => new UploadError('Upload has already been terminated.')

export function sendPlain(call: Call, status: number, text: string): void {
  call.record.status = status
  call.response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(text)
}

export function sendUploadError(call: Call, { status, message }: UploadError): void {
  call.record.verdict = 'upload-error'
  sendPlain(call, status, message)
}
