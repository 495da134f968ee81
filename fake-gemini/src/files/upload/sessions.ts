import type { Call } from '../../http/call.ts'
import type { FakeClock } from '../../clock.ts'
import type { Project } from '../../projects/registry.ts'
import { createId } from '../../random.ts'
import type { Random } from '../../random.ts'
import type { FileMetadata } from '../metadata.ts'
import type { FileResource } from '../store/file.ts'
import { noBytes } from './progress.ts'
import type { Progress } from './progress.ts'

/** A resumable upload, from its start until it is forgotten. */
export type Upload = {
  readonly id: string
  readonly project: Project
  readonly metadata: FileMetadata & { mimeType: string }
  /** The size that the client declared. */
  readonly sizeBytes: number | undefined
  readonly startedAt: number
  status: 'active' | 'final' | 'cancelled'
  /** What is safe, also if the connection breaks. */
  saved: Progress
  /** The call that sends bytes; a newer one takes its place. */
  writer: Call | undefined
  file: FileResource | undefined
}

export type Uploads = {
  start(upload: Pick<Upload, 'project' | 'metadata' | 'sizeBytes'>): Upload
  /** Undefined if it is unknown or older than a week. */
  find(id: string): Upload | undefined
}

const lifetimeMs = 7 * 24 * 3_600_000
const maxUploads = 10_000
const idLength = 64

export function createUploads(clock: FakeClock, random: Random): Uploads {
  const uploads = new Map<string, Upload>()
  return {
    start: ({ project, metadata, sizeBytes }) => {
      const upload: Upload = {
        id: createId(random, idLength),
        project,
        metadata,
        sizeBytes,
        startedAt: clock.now(),
        status: 'active',
        saved: noBytes(),
        writer: undefined,
        file: undefined,
      }
      uploads.set(upload.id, upload)
      if (uploads.size > maxUploads) {
        const [oldest] = uploads.keys()
        if (oldest !== undefined) uploads.delete(oldest)
      }
      return upload
    },
    find: (id) => {
      const upload = uploads.get(id)
      if (!upload || clock.now() < upload.startedAt + lifetimeMs) return upload
      uploads.delete(id)
      return undefined
    },
  }
}
