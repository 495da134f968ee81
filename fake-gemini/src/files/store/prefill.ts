import type { FileStore } from './file-store.ts'

/** Both names of a foreign file begin with it. What a proxy shows, stores or logs must not have it. */
export const foreignFileMark = 'foreign-file'

const dayMs = 24 * 3_600_000
const blockBytes = 65_536

/** Adds files that somebody else uploaded during the last day. */
export function addForeignFiles(store: FileStore, project: string, count: number): void {
  const before = store.all(project).length
  for (let index = 0; index < count; index += 1) {
    const name = `${foreignFileMark}-${String(before + index + 1).padStart(6, '0')}`
    store.add(project, {
      id: name,
      displayName: `${name} of ${project}`,
      mimeType: 'application/pdf',
      sizeBytes: 1234,
      sha256: undefined,
      ageMs: Math.floor((dayMs * (count - index)) / (count + 1)),
    })
  }
}

export type GeneratedFile = { mimeType?: string; text?: string; sizeBytes?: number }

/** Adds a file that can be downloaded, as a model makes them. Returns its name. */
export function addGeneratedFile(store: FileStore, project: string, file: GeneratedFile): string {
  const { mimeType = 'video/mp4', text = 'generated ', sizeBytes } = file
  const content = Buffer.from(text)
  const repeats = Math.max(1, Math.floor(blockBytes / Math.max(1, content.length)))
  const { id } = store.add(project, {
    displayName: undefined,
    mimeType,
    sizeBytes: sizeBytes ?? content.length,
    sha256: undefined,
    source: 'GENERATED',
    content: Buffer.alloc(content.length * repeats, content),
  })
  return `files/${id}`
}
