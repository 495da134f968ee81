import type { IncomingMessage } from 'node:http'
import { ApiError } from '../../calls/api-error.ts'
import { invalidArgument } from '../../wire/google-error.ts'

const maxTextBytes = 1_048_576

/** The body in pieces. What is not read is dropped, so that the connection can be used again. */
export async function* bodyPieces(request: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    for await (const piece of request.iterator({ destroyOnReturn: false })) {
      if (Buffer.isBuffer(piece)) yield piece
    }
  } finally {
    request.resume()
  }
}

/** A JSON body, of bounded length. */
export async function readText(pieces: AsyncIterable<Buffer>): Promise<string> {
  const kept: Buffer[] = []
  let size = 0
  for await (const piece of pieces) {
    size += piece.length
    if (size > maxTextBytes) {
      throw new ApiError(invalidArgument('The metadata of the file is too large.'))
    }
    kept.push(piece)
  }
  return Buffer.concat(kept).toString('utf8')
}
