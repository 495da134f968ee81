import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Log } from '../../log/create-log.ts'
import type { DatabaseChoice } from '../../storage/choose-database.ts'

const othersMask = 0o077

/** The folder may be older than the program, or shared, so its mode is reported and not changed. */
export async function warnOfOpenFolder(
  database: DatabaseChoice,
  log: Pick<Log, 'warn'>,
): Promise<void> {
  // Windows has no modes.
  if (database.kind !== 'sqlite' || database.path === ':memory:' || process.platform === 'win32') {
    return
  }
  const folder = dirname(database.path)
  const mode = (await stat(folder)).mode & 0o777
  if ((mode & othersMask) === 0) return
  log.warn(
    { folder, mode: mode.toString(8) },
    'Other users of this machine can open DATA_DIR, which holds keys. Run chmod 700 on it.',
  )
}
