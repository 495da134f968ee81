/** What is kept of a file. Of an upload that is its size and its hash, not its content. */
export type StoredFile = {
  readonly id: string
  /** Rises with every file of the project. */
  readonly sequence: number
  readonly displayName: string | undefined
  readonly mimeType: string
  readonly sizeBytes: number
  /** Hexadecimal; missing where there was no content to hash. */
  readonly sha256: string | undefined
  readonly createdAt: number
  /** Until then the file is PROCESSING. */
  readonly activeAt: number
  readonly expiresAt: number
  readonly processingFails: boolean
  /** False if no list ever shows the file. */
  readonly listed: boolean
  readonly source: 'UPLOADED' | 'GENERATED'
  /** Repeated up to the file's size; only generated files can be downloaded. */
  readonly content: Buffer | undefined
  deletedAt: number | undefined
}

export type FileState = 'PROCESSING' | 'ACTIVE' | 'FAILED'

export const maxFileBytes = 2_147_483_648

const host = 'https://generativelanguage.googleapis.com'
const videoDuration = '5s'
const failure = { code: 13, message: 'Failed to process the file.' }

export function stateOf({ activeAt, processingFails }: StoredFile, now: number): FileState {
  if (now < activeAt) return 'PROCESSING'
  return processingFails ? 'FAILED' : 'ACTIVE'
}

/** Google writes microseconds; ours tell apart files of the same millisecond. */
function timestamp(ms: number, sequence: number): string {
  const micros = String(sequence % 1000).padStart(3, '0')
  return `${new Date(ms).toISOString().slice(0, -1)}${micros}Z`
}

/** A file as Google's API shows it, without empty values. */
export type FileResource = {
  name: string
  displayName?: string
  mimeType: string
  sizeBytes?: string
  createTime: string
  updateTime: string
  expirationTime: string
  sha256Hash?: string
  uri: string
  downloadUri?: string
  state: FileState
  source: StoredFile['source']
  error?: { code: number; message: string }
  videoMetadata?: { videoDuration: string }
}

export function toResource(file: StoredFile, now: number): FileResource {
  const { id, sequence, displayName, mimeType, sizeBytes, sha256, source } = file
  const state = stateOf(file, now)
  const uri = `${host}/v1beta/files/${id}`
  const updatedAt = state === 'PROCESSING' ? file.createdAt : file.activeAt
  return {
    name: `files/${id}`,
    ...(displayName ? { displayName } : {}),
    mimeType,
    ...(sizeBytes > 0 ? { sizeBytes: String(sizeBytes) } : {}),
    createTime: timestamp(file.createdAt, sequence),
    updateTime: timestamp(updatedAt, sequence),
    expirationTime: timestamp(file.expiresAt, sequence),
    // Google encodes the hexadecimal text, not the bytes of the hash.
    ...(sha256 === undefined ? {} : { sha256Hash: Buffer.from(sha256).toString('base64') }),
    uri,
    ...(source === 'GENERATED' ? { downloadUri: `${uri}:download?alt=media` } : {}),
    state,
    source,
    ...(state === 'FAILED' ? { error: failure } : {}),
    ...(state === 'ACTIVE' && isVideo(mimeType) ? { videoMetadata: { videoDuration } } : {}),
  }
}

export const isVideo = (mimeType: string): boolean => mimeType.startsWith('video/')
