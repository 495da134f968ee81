import { throwIfError } from '../../calls/api-error.ts'
import { cutConnection } from '../../http/call.ts'
import { sendJson } from '../../http/send.ts'
import { unknownQueryName } from '../check-query.ts'
import { fileTooLarge } from '../errors.ts'
import { maxFileBytes } from '../store/file.ts'
import type { FileCall } from '../file-call.ts'
import { readMetadata } from '../metadata.ts'
import type { FileMetadata } from '../metadata.ts'
import { boundaryIn, malformed, readParts } from './parts.ts'
import { addBytes, noBytes } from './progress.ts'
import { bodyPieces } from './read-request-body.ts'
import { storeUpload } from './store-upload.ts'
import { UploadError } from './upload-error.ts'

const maxMetadataBytes = 1_048_576

/** One request: a part with metadata in JSON, then a part with the bytes. */
export async function uploadMultipart(fileCall: FileCall): Promise<void> {
  const { call, traits } = fileCall
  const { request, record, context, route } = call
  const { headers } = request
  const { strict } = context.options
  if (strict) throwIfError(unknownQueryName(route.query))
  const boundary = boundaryIn(headers['content-type'] ?? '')
  if (boundary === undefined) throw new UploadError('Multipart body without a boundary.')
  const cutAt = traits.cutUpload ? Number(headers['content-length'] ?? 0) / 2 : Infinity
  const progress = noBytes()
  let head = Buffer.alloc(0)
  let parts = 0
  let metadata: FileMetadata | undefined
  for await (const piece of readParts(bodyPieces(request), boundary)) {
    if (piece.kind === 'headers') {
      parts += 1
      if (parts === 2) {
        metadata = readMetadata(head.toString('utf8'), strict)
        metadata.mimeType ??= piece.headers.get('content-type')
      }
    } else if (parts === 1) {
      head = Buffer.concat([head, piece.bytes])
      if (head.length > maxMetadataBytes) throw malformed()
    } else {
      addBytes(progress, piece.bytes)
    }
    if (progress.received > maxFileBytes) throwIfError(fileTooLarge)
    if (progress.received >= cutAt) return cutConnection(call)
  }
  if (!metadata || parts !== 2) throw malformed()
  record.bodyText = head.toString('utf8')
  record.bodyBytes = progress.received
  sendJson(call, { file: storeUpload(fileCall, metadata, progress) })
}
