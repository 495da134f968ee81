import { uploadOperations, uploadStarts } from '../files/operations.ts'
import type { FileOperation } from '../files/operations.ts'
import { keyStates } from '../projects/key-states.ts'
import type { RefusalDetails } from '../projects/key-states.ts'
import type { GoogleError } from '../wire/google-error.ts'
import type { FileTraits } from './file-traits.ts'
import { replacement } from './replacement.ts'

type Refusal = (call: RefusalDetails) => Omit<GoogleError, 'verdict'>

/** A way in which the Files API misbehaves for a key or a project: it refuses, or has other traits. */
export type FileMisbehaviour = {
  readonly name: string
  readonly description: string
  /** Meaning of the number after the name, if it takes one. */
  readonly count?: { readonly meaning: string; readonly default: number }
  /** Default: all. */
  readonly operations?: readonly FileOperation[]
  /** Applies only to the first `count` calls of these operations. */
  readonly firstCallsOnly?: boolean
  readonly refuse?: Refusal
  readonly traits?: (count: number) => Partial<FileTraits>
}

const denied: Refusal = () => ({
  code: 403,
  message: 'The caller does not have permission',
  status: 'PERMISSION_DENIED',
})
const unavailable: Refusal = () => ({
  code: 503,
  message: 'The service is currently unavailable.',
  status: 'UNAVAILABLE',
})
const exhausted: Refusal = () => replacement.ofKeyState('bare-429')
const calls = { meaning: 'calls', default: 1 }
const milliseconds = (fallback: number) => ({ meaning: 'milliseconds', default: fallback })
const yes = true

const refusals: readonly FileMisbehaviour[] = [
  { name: 'refused', description: 'Every call is refused (403).', refuse: denied },
  {
    name: 'uploads-refused',
    description: 'Uploads are refused (403); all else works.',
    operations: uploadOperations,
    refuse: denied,
  },
  {
    name: 'lists-refused',
    description: 'Lists are refused (403); all else works.',
    operations: ['list'],
    refuse: denied,
  },
  {
    name: 'deletes-refused',
    description: 'Deletes are refused (403); all else works.',
    operations: ['delete'],
    refuse: denied,
  },
  {
    name: 'service-disabled',
    description: 'A 403 with the reason `SERVICE_DISABLED`.',
    refuse: keyStates['service-disabled'].errorFor,
  },
  {
    name: 'blocked',
    description:
      'A 403 with the reason `API_KEY_SERVICE_BLOCKED`, for a key that is restricted to other methods.',
    refuse: keyStates.blocked.errorFor,
  },
  { name: 'exhausted', description: 'A 429 without details.', refuse: exhausted },
  {
    name: 'exhausted-first',
    description: 'A 429 without details for the first calls, then normal answers.',
    count: calls,
    firstCallsOnly: true,
    refuse: exhausted,
  },
  { name: 'unavailable', description: 'A 503.', refuse: unavailable },
  {
    name: 'unavailable-first',
    description: 'A 503 for the first calls, then normal answers.',
    count: calls,
    firstCallsOnly: true,
    refuse: unavailable,
  },
]

const lists: readonly FileMisbehaviour[] = [
  {
    name: 'slow-list',
    description: 'A pause before each list.',
    count: milliseconds(1000),
    operations: ['list'],
    traits: (delayMs) => ({ delayMs }),
  },
  {
    name: 'list-behind',
    description:
      'Lists show what there was N milliseconds ago, by the server’s clock: new files are missing, deleted ones are there.',
    count: milliseconds(5000),
    operations: ['list'],
    traits: (behindMs) => ({ behindMs }),
  },
  {
    name: 'empty-pages',
    description: 'N empty pages, each with a `nextPageToken`, come before the first page.',
    count: { meaning: 'pages', default: 1 },
    operations: ['list'],
    traits: (emptyPages) => ({ emptyPages }),
  },
  {
    name: 'overlapping-pages',
    description: 'Each page begins with the last file of the page before.',
    operations: ['list'],
    traits: () => ({ overlappingPages: yes }),
  },
  {
    name: 'endless-pages',
    description: 'After the last page the list begins again, and never ends.',
    operations: ['list'],
    traits: () => ({ endlessPages: yes }),
  },
]

const uploads: readonly FileMisbehaviour[] = [
  {
    name: 'slow-upload',
    description: 'A pause before each call of an upload is answered.',
    count: milliseconds(1000),
    operations: uploadOperations,
    traits: (delayMs) => ({ delayMs }),
  },
  {
    name: 'never-listed',
    description: 'Uploads succeed, but no list ever shows them.',
    operations: [...uploadStarts, 'finalize'],
    traits: () => ({ unlisted: yes }),
  },
  {
    name: 'cut-upload-first',
    description:
      'The socket is destroyed in the middle of the body, for the first calls with bytes.',
    count: calls,
    firstCallsOnly: true,
    operations: ['upload', 'chunk', 'finalize'],
    traits: () => ({ cutUpload: yes }),
  },
  {
    name: 'processing-fails',
    description: 'Files end in the state FAILED, with an error.',
    operations: [...uploadStarts, 'finalize'],
    traits: () => ({ processingFails: yes }),
  },
  {
    name: 'redirect-download',
    description: 'Downloads begin with a 302.',
    operations: ['download'],
    traits: () => ({ redirectDownload: yes }),
  },
]

export const fileMisbehaviours: readonly FileMisbehaviour[] = [...refusals, ...lists, ...uploads]
