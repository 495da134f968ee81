import type { FakeClock } from '../clock.ts'
import type { CallCounter } from '../misbehaviour/behaviour.ts'
import { createFileBehaviours } from '../misbehaviour/file-behaviour.ts'
import type { FileBehaviours } from '../misbehaviour/file-behaviour.ts'
import type { FakeFilesOptions } from '../options.ts'
import type { Random } from '../random.ts'
import { createFileStore } from './store/file-store.ts'
import type { FileStore } from './store/file-store.ts'
import { createUploads } from './upload/sessions.ts'
import type { Uploads } from './upload/sessions.ts'

/** The state of the Files API of one server. */
export type Files = {
  readonly store: FileStore
  readonly uploads: Uploads
  readonly behaviours: FileBehaviours
  readonly chunkGranularity: number
}

const defaultGranularity = 8_388_608
const defaultProcessingMs = 5_000

type Parts = { clock: FakeClock; random: Random; countCall: CallCounter }

export function createFiles(
  { clock, random, countCall }: Parts,
  { chunkGranularity = defaultGranularity, processingMs = defaultProcessingMs }: FakeFilesOptions,
): Files {
  return {
    store: createFileStore({ clock, random, processingMs }),
    uploads: createUploads(clock, random),
    behaviours: createFileBehaviours(countCall),
    chunkGranularity,
  }
}
