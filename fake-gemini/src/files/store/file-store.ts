import { ApiError } from '../../calls/api-error.ts'
import type { FakeClock } from '../../clock.ts'
import { createId } from '../../random.ts'
import type { Random } from '../../random.ts'
import { fileTooLarge, nameTaken, storageFull } from '../errors.ts'
import { isVideo, maxFileBytes, toResource } from './file.ts'
import type { FileResource, StoredFile } from './file.ts'

const lifetimeMs = 48 * 3_600_000
const maxProjectBytes = 20_000_000_000
const maxProjectFiles = 200_000
const idLength = 12

export type NewFile = Pick<StoredFile, 'displayName' | 'mimeType' | 'sizeBytes' | 'sha256'> & {
  /** Without an id the file gets one. */
  id?: string | undefined
  /** In the past for files that were there before. */
  ageMs?: number
  source?: StoredFile['source']
  content?: Buffer
  listed?: boolean
  processingFails?: boolean
}

/** The files of all projects. An id is unique in its project only. */
export type FileStore = {
  /** Throws an ApiError if the name is taken or there is no room. */
  add(project: string, file: NewFile): StoredFile
  /** Throws what `add` would throw for a file of this name and size. */
  checkRoom(project: string, file: { id?: string | undefined; sizeBytes: number }): void
  find(project: string, id: string): StoredFile | undefined
  remove(project: string, id: string): void
  /** Oldest first. Deleted files stay until they expire, because a list may be behind. */
  all(project: string): readonly StoredFile[]
  /** As the API shows them, newest first; also those that no list shows. */
  resources(project: string): FileResource[]
  /** Those that ever had files. */
  projects(): string[]
}

type Files = {
  list: StoredFile[]
  readonly byId: Map<string, StoredFile>
  bytes: number
  sequence: number
  earliestExpiry: number
}

type Parts = { clock: FakeClock; random: Random; processingMs: number }

export function createFileStore({ clock, random, processingMs }: Parts): FileStore {
  const projects = new Map<string, Files>()

  function filesOf(project: string): Files {
    let files = projects.get(project)
    if (!files) {
      files = { list: [], byId: new Map(), bytes: 0, sequence: 0, earliestExpiry: Infinity }
      projects.set(project, files)
    }
    dropExpired(files, clock.now())
    return files
  }

  function checkRoom(project: string, file: { id?: string | undefined; sizeBytes: number }): void {
    const files = projects.has(project) ? filesOf(project) : undefined
    if (file.id !== undefined && files?.byId.has(file.id)) throw new ApiError(nameTaken)
    if (file.sizeBytes > maxFileBytes) throw new ApiError(fileTooLarge)
    const isFull = (files?.bytes ?? 0) + file.sizeBytes > maxProjectBytes
    if (isFull || (files?.byId.size ?? 0) >= maxProjectFiles) throw new ApiError(storageFull)
  }

  const all = (project: string): readonly StoredFile[] =>
    projects.has(project) ? filesOf(project).list : []

  return {
    checkRoom,
    add: (project, given) => {
      checkRoom(project, given)
      const files = filesOf(project)
      files.sequence += 1
      const createdAt = clock.now() - (given.ageMs ?? 0)
      const file: StoredFile = {
        id: given.id ?? createId(random, idLength),
        sequence: files.sequence,
        displayName: given.displayName,
        mimeType: given.mimeType,
        sizeBytes: given.sizeBytes,
        sha256: given.sha256,
        createdAt,
        activeAt: isVideo(given.mimeType) ? createdAt + processingMs : createdAt,
        expiresAt: createdAt + lifetimeMs,
        processingFails: given.processingFails ?? false,
        listed: given.listed ?? true,
        source: given.source ?? 'UPLOADED',
        content: given.content,
        deletedAt: undefined,
      }
      if (files.list.length >= 2 * maxProjectFiles) {
        files.list = files.list.filter(({ deletedAt }) => deletedAt === undefined)
      }
      files.list.push(file)
      files.byId.set(file.id, file)
      files.bytes += file.sizeBytes
      files.earliestExpiry = Math.min(files.earliestExpiry, file.expiresAt)
      return file
    },
    find: (project, id) => (projects.has(project) ? filesOf(project).byId.get(id) : undefined),
    remove: (project, id) => {
      const files = filesOf(project)
      const file = files.byId.get(id)
      if (!file) return
      file.deletedAt = clock.now()
      files.byId.delete(id)
      files.bytes -= file.sizeBytes
    },
    all,
    resources: (project) =>
      all(project)
        .filter(({ deletedAt }) => deletedAt === undefined)
        .map((file) => toResource(file, clock.now()))
        .toReversed(),
    projects: () => [...projects.keys()],
  }
}

function dropExpired(files: Files, now: number): void {
  if (now < files.earliestExpiry) return
  files.earliestExpiry = Infinity
  files.list = files.list.filter((file) => {
    if (now < file.expiresAt) {
      files.earliestExpiry = Math.min(files.earliestExpiry, file.expiresAt)
      return true
    }
    if (file.deletedAt === undefined) {
      files.byId.delete(file.id)
      files.bytes -= file.sizeBytes
    }
    return false
  })
}
