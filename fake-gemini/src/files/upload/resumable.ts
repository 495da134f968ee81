import type { IncomingHttpHeaders } from 'node:http'
import { throwIfError } from '../../calls/api-error.ts'
import type { Call } from '../../http/call.ts'
import { sendJson } from '../../http/send.ts'
import { unknownQueryName } from '../check-query.ts'
import { maxFileBytes } from '../store/file.ts'
import type { FileCall } from '../file-call.ts'
import { readMetadata } from '../metadata.ts'
import type { FileOperation } from '../operations.ts'
import type { Progress } from './progress.ts'
import { bodyPieces, readText } from './read-request-body.ts'
import { receiveBytes } from './receive.ts'
import type { Upload } from './sessions.ts'
import { storeUpload } from './store-upload.ts'
import { sendPlain, terminated, UploadError } from './upload-error.ts'

/** By the words of X-Goog-Upload-Command. */
const operations: Readonly<Record<string, FileOperation>> = {
  start: 'start',
  upload: 'chunk',
  'upload,finalize': 'finalize',
  finalize: 'finalize',
  query: 'query',
  cancel: 'cancel',
}

export function commandOf(headers: IncomingHttpHeaders): FileOperation | undefined {
  const words = String(headers['x-goog-upload-command'] ?? '').split(',')
  const command = words.map((word) => word.trim().toLowerCase()).join(',')
  return Object.hasOwn(operations, command) ? operations[command] : undefined
}

/** A number of bytes in a header; undefined if it is missing. */
function bytesIn(headers: IncomingHttpHeaders, name: string): number | undefined {
  const text = headers[name]
  if (text === undefined || text === '') return undefined
  const bytes = Number(text)
  if (typeof text === 'string' && /^\d+$/.test(text) && Number.isSafeInteger(bytes)) return bytes
  throw new UploadError(`Invalid ${name} header.`)
}

function setStatus({ response }: Call, { status, saved }: Upload): void {
  response.setHeader('x-goog-upload-status', status)
  if (status === 'active') response.setHeader('x-goog-upload-size-received', saved.received)
  else response.removeHeader('x-goog-upload-size-received')
}

export async function startUpload({ call, project }: FileCall): Promise<void> {
  const { request, response, route, context, record } = call
  const { headers } = request
  if (context.options.strict) throwIfError(unknownQueryName(route.query))
  record.bodyText = await readText(bodyPieces(request))
  const metadata = readMetadata(record.bodyText, context.options.strict)
  const type = String(headers['x-goog-upload-header-content-type'] ?? '')
  const sizeBytes = bytesIn(headers, 'x-goog-upload-header-content-length')
  context.files.store.checkRoom(project.id, { id: metadata.id, sizeBytes: sizeBytes ?? 0 })
  const mimeType = metadata.mimeType ?? (type === '' ? 'application/octet-stream' : type)
  const upload = context.files.uploads.start({
    project,
    metadata: { ...metadata, mimeType },
    sizeBytes,
  })
  const address = `http://${headers.host ?? 'localhost'}${route.path}?upload_id=${upload.id}&upload_protocol=resumable`
  response.setHeader('x-goog-upload-url', address)
  response.setHeader('x-goog-upload-control-url', address)
  response.setHeader('x-goog-upload-status', 'active')
  response.setHeader('x-goog-upload-chunk-granularity', context.files.chunkGranularity)
  response.setHeader('x-guploader-uploadid', upload.id)
  sendPlain(call, 200, '')
}

/** Answers all calls after the start. */
export async function continueUpload(fileCall: FileCall, upload: Upload): Promise<void> {
  const { call, operation } = fileCall
  if (operation === 'query') return answerQuery(call, upload)
  if (upload.status !== 'active') {
    setStatus(call, upload)
    throw terminated()
  }
  if (operation === 'cancel') {
    upload.status = 'cancelled'
    upload.writer = undefined
    setStatus(call, upload)
    return sendPlain(call, 200, '')
  }
  // Also the answers to wrong requests say where the upload is.
  setStatus(call, upload)
  const progress = await receiveChunk(fileCall, upload)
  if (!progress) return
  upload.saved = progress
  if (operation === 'chunk') {
    setStatus(call, upload)
    return sendPlain(call, 200, '')
  }
  finalize(fileCall, upload)
}

/** The end of an upload can be asked for again: the answer to it may have been lost. */
function answerQuery(call: Call, upload: Upload): void {
  setStatus(call, upload)
  if (upload.file) sendJson(call, { file: upload.file })
  else sendPlain(call, 200, '')
}

async function receiveChunk(
  { call, operation, traits }: FileCall,
  upload: Upload,
): Promise<Progress | undefined> {
  const { headers } = call.request
  const offset = bytesIn(headers, 'x-goog-upload-offset')
  const before = upload.saved
  const { received } = before
  if (offset !== received && !(operation === 'finalize' && offset === undefined)) {
    throw new UploadError(
      `Invalid request. The upload has ${received} bytes, and X-Goog-Upload-Offset is ${offset ?? 'missing'}.`,
    )
  }
  const granularity = call.context.files.chunkGranularity
  const maxBytes = upload.sizeBytes ?? maxFileBytes
  const progress = await receiveBytes(call, upload, {
    granularity,
    maxBytes,
    cut: traits.cutUpload,
  })
  if (!progress || call.closed) return undefined
  const size = progress.received - received
  if (operation === 'chunk' && size % granularity !== 0) {
    upload.saved = before
    throw new UploadError(
      `Invalid request. Only the last chunk may have ${size} bytes: all others need a multiple of ${granularity}.`,
    )
  }
  return progress
}

function finalize(fileCall: FileCall, upload: Upload): void {
  const { call } = fileCall
  const { sizeBytes, saved } = upload
  if (sizeBytes !== undefined && saved.received !== sizeBytes) {
    setStatus(call, upload)
    throw new UploadError(
      `Invalid request. The upload has ${saved.received} of the ${sizeBytes} bytes that were declared.`,
    )
  }
  // If the file cannot be created, the upload has ended too.
  upload.status = 'cancelled'
  setStatus(call, upload)
  upload.file = storeUpload(fileCall, upload.metadata, saved)
  upload.status = 'final'
  setStatus(call, upload)
  sendJson(call, { file: upload.file })
}
