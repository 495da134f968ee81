import { cutConnection } from '../../http/call.ts'
import type { Call } from '../../http/call.ts'
import { addBytes, copyProgress } from './progress.ts'
import type { Progress } from './progress.ts'
import { bodyPieces } from './read-request-body.ts'
import type { Upload } from './sessions.ts'
import { UploadError } from './upload-error.ts'

type Limits = { granularity: number; maxBytes: number; cut: boolean }

/**
 * Reads the body. If the connection breaks, the bytes up to a multiple of the granularity are safe; of a body that is
 * refused, none are. Returns undefined if the connection was cut.
 */
export async function receiveBytes(
  call: Call,
  upload: Upload,
  limits: Limits,
): Promise<Progress | undefined> {
  const { granularity, maxBytes, cut } = limits
  const before = upload.saved
  const progress = copyProgress(before)
  const start = progress.received
  const cutAt = cut ? start + Number(call.request.headers['content-length'] ?? 0) / 2 : Infinity
  upload.writer = call
  for await (const piece of bodyPieces(call.request)) {
    let rest = piece
    while (rest.length > 0) {
      checkWriter(call, upload)
      const part = rest.subarray(0, granularity - (progress.received % granularity))
      rest = rest.subarray(part.length)
      addBytes(progress, part)
      if (progress.received > maxBytes) {
        upload.saved = before
        throw new UploadError('The body has more bytes than the upload may have.')
      }
      if (progress.received >= cutAt) {
        cutConnection(call)
        return undefined
      }
      if (progress.received % granularity === 0) upload.saved = copyProgress(progress)
    }
  }
  checkWriter(call, upload)
  call.record.bodyBytes = progress.received - start
  return progress
}

function checkWriter(call: Call, { writer }: Upload): void {
  if (writer !== call) throw new UploadError('Another request continued this upload.', 409)
}
