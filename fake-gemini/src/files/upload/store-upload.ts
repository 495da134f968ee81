import type { FileCall } from '../file-call.ts'
import { toResource } from '../store/file.ts'
import type { FileResource } from '../store/file.ts'
import type { FileMetadata } from '../metadata.ts'
import { sha256Of } from './progress.ts'
import type { Progress } from './progress.ts'

/** Makes a file of bytes that arrived. Throws an ApiError if there is no room or the name is taken. */
export function storeUpload(
  { call, project, traits }: FileCall,
  metadata: FileMetadata,
  progress: Progress | undefined,
): FileResource {
  const { clock, files } = call.context
  const file = files.store.add(project.id, {
    id: metadata.id,
    displayName: metadata.displayName,
    mimeType: metadata.mimeType ?? 'application/octet-stream',
    sizeBytes: progress?.received ?? 0,
    sha256: progress && sha256Of(progress),
    listed: !traits.unlisted,
    processingFails: traits.processingFails,
  })
  call.record.file = `files/${file.id}`
  return toResource(file, clock.now())
}
