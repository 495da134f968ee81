/** What many attempts have in common, written down once. */
export type KindsTable = {
  id: number
  /** SHA-256 of all that follows. */
  digest: string
  model: string
  lane: string
  dialect: string
  method: string
  /** Empty where nobody called. */
  caller: string
  status: number
  verdict: string
  streamed: number
}

export type ProjectsSeenTable = { id: number; name: string }

/** Which keys were ever used in which project. */
export type ProjectKeysTable = { project_id: number; key_id: number }

/** One row; ids of attempts are given in the transaction that writes them. */
export type AttemptCounterTable = { id: number; last_id: number }

/** What is in each part of the log, a part being 65 536 ids. */
export type LogPartsTable = { part: number; first_at: number; last_at: number }
export type PartKindsTable = { part: number; kind_id: number }

type LoggedAttempt = {
  id: number
  part: number
  kind_id: number
  key_id: number
  at: number
  request_id: string
}

export type AttemptsTable = LoggedAttempt & {
  project_id: number
  number: number
  duration_ms: number
  first_byte_ms: number | null
  prompt_tokens: number | null
  output_tokens: number | null
  thought_tokens: number | null
  cached_tokens: number | null
  /** Its place in the list of choices. */
  choice: number
  trial: number
  ready: number
  key_groups: number
  /** Its place in the list of standings. */
  standing: number | null
}

/** Failed attempts; `id` is that of the attempt. */
export type ErrorsTable = LoggedAttempt & { message: string }

/** Apart, so that a search through the messages does not have to step over them. */
export type ErrorBodiesTable = { id: number; body: string }
