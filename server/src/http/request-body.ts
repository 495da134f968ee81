import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'

/** Why a body could not be taken, as the client is told. */
export class BodyError extends Error {
  readonly status: 400 | 413 | 415

  constructor(status: 400 | 413 | 415, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'BodyRefused'
    this.status = status
  }
}

const decoders = new Map([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
])

/** The whole body of a request, unpacked, in one piece of memory of its own size; never more than `limitBytes`. */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? ''
  if (encoding === '' || encoding === 'identity') return collect(request, limitBytes)
  return collectAndUnpack(request, limitBytes, encoding)
}

async function collectAndUnpack(
  request: IncomingMessage,
  limitBytes: number,
  encoding: string,
): Promise<Buffer> {
  const packed = await collect(request, limitBytes)
  const decode = decoders.get(encoding)
  if (decode === undefined) {
    throw new BodyError(
      415,
      `The Content-Encoding of the request must be gzip, deflate, br or identity.`,
    )
  }
  try {
    return await decode(packed, { maxOutputLength: limitBytes })
  } catch (cause) {
    if (cause instanceof RangeError) throw tooLarge(limitBytes)
    throw new BodyError(400, `The body is not ${encoding}, as its Content-Encoding says.`, {
      cause,
    })
  }
}

function collect(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? Number.NaN)
  if (announced > limitBytes) return Promise.reject(tooLarge(limitBytes))
  return Number.isNaN(announced)
    ? collectChunks(request, limitBytes)
    : collectInto(request, announced)
}

/** With the length known, bytes go straight to their place: a large body exists once, a small one is the chunk it came in. */
function collectInto(request: IncomingMessage, length: number): Promise<Buffer> {
  let body: Buffer | undefined
  let filled = 0
  return untilEnd(
    request,
    (chunk) => {
      if (body === undefined && chunk.length === length) body = chunk
      else chunk.copy((body ??= Buffer.allocUnsafeSlow(length)), filled)
      filled += chunk.length
    },
    () => body ?? Buffer.alloc(0),
  )
}

function collectChunks(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  return untilEnd(
    request,
    (chunk) => {
      length += chunk.length
      if (length > limitBytes) throw tooLarge(limitBytes)
      chunks.push(chunk)
    },
    () => Buffer.concat(chunks, length),
  )
}

/** Reads to the end; what `take` throws ends the reading. */
function untilEnd(
  request: IncomingMessage,
  take: (chunk: Buffer) => void,
  result: () => Buffer,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      try {
        take(chunk)
      } catch (refusal) {
        request.pause()
        reject(refusal)
      }
    })
    request.on('end', () => resolve(result()))
    request.on('error', reject)
    request.on('close', () => {
      // Errors are dear to make, and a body that has ended has nothing to complain of.
      if (!request.readableEnded) reject(cutShort())
    })
  })
}

const tooLarge = (limitBytes: number) =>
  new BodyError(
    413,
    `The request body is larger than ${Math.floor(limitBytes / 1024 / 1024)} MiB (MAX_REQUEST_BODY_MB).`,
  )

const cutShort = () => new BodyError(400, 'The request body ended before its length.')
