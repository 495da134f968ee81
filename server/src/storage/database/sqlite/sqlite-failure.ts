/** Why a database file cannot be opened, in a sentence for the person who started the program. */
export function explainSqliteFailure(path: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const known = Object.entries(reasons).find(([name]) => code.startsWith(name))
  const reason = known?.[1] ?? (error instanceof Error ? error.message : String(error))
  return `The database ${path} cannot be opened: ${reason}`
}

const mayNotWrite = 'this user may not write it. Set DATA_DIR to a folder that can be written.'
const noFolder = 'its folder cannot be made. Set DATA_DIR to a folder that can be written.'
const diskFull = 'the disk is full. Make room and start again.'

const reasons: Readonly<Record<string, string>> = {
  EACCES: mayNotWrite,
  EPERM: mayNotWrite,
  EROFS: mayNotWrite,
  SQLITE_READONLY: mayNotWrite,
  SQLITE_CANTOPEN: mayNotWrite,
  EISDIR: 'it is a folder. Set SQLITE_DATABASE to another name.',
  ENOTDIR: noFolder,
  EEXIST: noFolder,
  ENOENT: noFolder,
  ENOSPC: diskFull,
  SQLITE_FULL: diskFull,
  SQLITE_NOTADB:
    'it is a file of another kind. Move it away, or set SQLITE_DATABASE to another name.',
  SQLITE_CORRUPT: 'it is damaged. Restore a copy of it, or move it away to start anew.',
  SQLITE_BUSY: 'another program keeps it locked. End that program and start again.',
}
