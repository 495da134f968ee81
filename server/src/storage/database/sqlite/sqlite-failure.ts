/** Why a database file cannot be opened, and what to do. */
export function explainSqliteFailure(path: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const known = Object.entries(reasons).find(([name]) => code.startsWith(name))
  const reason = known?.[1] ?? (error instanceof Error ? error.message : String(error))
  return `The database ${path} cannot be opened: ${reason}`
}

const mayNotWrite = 'this user may not write it. Set DATA_DIR to a writable folder.'
const noFolder = 'its folder cannot be created. Set DATA_DIR to a writable folder.'
const diskFull = 'the disk is full. Free some space and start again.'

const reasons: Readonly<Record<string, string>> = {
  EACCES: mayNotWrite,
  EPERM: mayNotWrite,
  EROFS: mayNotWrite,
  SQLITE_READONLY: mayNotWrite,
  SQLITE_CANTOPEN: mayNotWrite,
  EISDIR: 'it is a folder. Set SQLITE_DATABASE to another name.',
  ENOTDIR: 'a file is in the place of its folder. Set DATA_DIR to another folder.',
  ENOENT: noFolder,
  ELOOP: noFolder,
  ENAMETOOLONG: 'its name is too long. Set DATA_DIR to a shorter one.',
  ENOSPC: diskFull,
  EDQUOT: 'the disk quota of this user is used up. Free some space and start again.',
  SQLITE_IOERR:
    'the disk does not work, or is full. Free some space, or set DATA_DIR to another disk.',
  SQLITE_FULL: diskFull,
  SQLITE_NOTADB: 'it is no SQLite database. Move it away, or set SQLITE_DATABASE to another name.',
  SQLITE_CORRUPT: 'it is damaged. Restore a copy of it, or move it away to start without data.',
  SQLITE_BUSY: 'another program has locked it. End that program and start again.',
}
