import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import { ClientDisconnected } from '../runtime/streams/client-disconnected.ts'

/** Why a request body is not accepted, as a message for the client. */
export class BodyError extends Error {
  readonly status: 400 | 413 | 415

  constructor(status: 400 | 413 | 415, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'BodyError'
    this.status = status
  }

  /** Its code in the list of errors. */
  get code() {
    return codes[this.status]
  }
}

const codes = {
  400: 'invalid_body',
  413: 'body_too_large',
  415: 'unsupported_encoding',
} as const

const decoders = new Map([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', promisify(inflate)],
  ['br', promisify(brotliDecompress)],
])

/** Reads and decompresses a request body of at most `limitBytes`. Rejects with a BodyError, or with ClientDisconnected. */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? ''
  if (encoding === '' || encoding === 'identity') return collect(request, limitBytes)
  return collectAndDecode(request, limitBytes, encoding)
}

async function collectAndDecode(
  request: IncomingMessage,
  limitBytes: number,
  encoding: string,
): Promise<Buffer> {
  const encoded = await collect(request, limitBytes)
  const decode = decoders.get(encoding)
  if (decode === undefined) {
    throw new BodyError(
      415,
      `The Content-Encoding of the request must be gzip, deflate, br or identity.`,
    )
  }
  try {
    return await decode(encoded, { maxOutputLength: limitBytes })
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

/** With a known length, a large body is copied once into place, and a small one is the chunk it came in. */
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

/** Reads to the end, or until `take` throws. */
function untilEnd(
  request: IncomingMessage,
  take: (chunk: Buffer) => void,
  result: () => Buffer,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    request.on('data', (chunk: Buffer) => {
      try {
        take(chunk)
      } catch (error) {
        request.pause()
        reject(error)
      }
    })
    request.on('end', () => resolve(result()))
    // The only error of a request is a lost connection.
    request.on('error', () => reject(new ClientDisconnected()))
    request.on('close', () => {
      // An error is expensive to create: only where the body is incomplete.
      if (!request.readableEnded) reject(new ClientDisconnected())
    })
  })
}

const tooLarge = (limitBytes: number) =>
  new BodyError(
    413,
    `The request body is larger than ${Math.floor(limitBytes / 1024 / 1024)} MiB (MAX_REQUEST_BODY_MB).`,
  )
