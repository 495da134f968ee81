/** What a call to the Files API does. A resumable upload takes several calls. */
export type FileOperation =
  | 'list'
  | 'get'
  | 'delete'
  | 'download'
  | 'create'
  | 'upload'
  | 'start'
  | 'chunk'
  | 'finalize'
  | 'query'
  | 'cancel'

/** One of these begins every upload. */
export const uploadStarts: readonly FileOperation[] = ['create', 'upload', 'start']

/** Every call that belongs to an upload. */
export const uploadOperations: readonly FileOperation[] = [
  ...uploadStarts,
  'chunk',
  'finalize',
  'query',
  'cancel',
]

const rpcs: Partial<Readonly<Record<FileOperation, string>>> = {
  list: 'ListFiles',
  get: 'GetFile',
  delete: 'DeleteFile',
  download: 'DownloadFile',
}

/** The name in Google's error texts. */
export function fileRpc(operation: FileOperation, version: string): string {
  return `google.ai.generativelanguage.${version}.FileService.${rpcs[operation] ?? 'CreateFile'}`
}
