import { createHash } from 'node:crypto'
import type { Hash } from 'node:crypto'

/** What is kept of bytes that arrived: their number and their hash. */
export type Progress = { received: number; readonly hash: Hash }

export const noBytes = (): Progress => ({
  received: 0,
  hash: createHash('sha256'),
})

export function copyProgress({ received, hash }: Progress): Progress {
  return { received, hash: hash.copy() }
}

export function addBytes(progress: Progress, piece: Buffer): void {
  progress.hash.update(piece)
  progress.received += piece.length
}

/** The hash of all bytes, in hexadecimal; more bytes may follow. */
export const sha256Of = ({ hash }: Progress): string => hash.copy().digest('hex')
