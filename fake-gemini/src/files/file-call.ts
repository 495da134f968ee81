import type { Call } from '../http/call.ts'
import type { FileTraits } from '../misbehaviour/file-traits.ts'
import type { Project } from '../projects/registry.ts'
import type { FileOperation } from './operations.ts'

/** A call to the Files API that may be answered. */
export type FileCall = {
  call: Call
  operation: FileOperation
  project: Project
  /** Empty where the call names no file. */
  id: string
  traits: FileTraits
}
