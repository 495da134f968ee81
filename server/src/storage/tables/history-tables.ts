/** What many attempts have in common, stored once. */
export type KindsTable = {
  id: number
  /** SHA-256 of the other columns. */
  digest: string
  model: string
  lane: string
  dialect: string
  method: string
  /** Empty for calls of the gateway itself. */
  caller: string
  status: number
  verdict: string
  streamed: number
}

export type ProjectsSeenTable = { id: number; name: string }

/** Which keys were used in which project. */
export type ProjectKeysTable = { project_id: number; key_id: number }

/** One row; ids are reserved in blocks. */
export type AttemptCounterTable = { id: number; last_id: number }

/** Each part of the log, 65 536 ids, and when its attempts began. */
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
  /** Its index in the list of choices. */
  choice: number
  trial: number
  ready: number
  key_groups: number
  /** Its position in the list of lane statuses. */
  lane_status: number | null
}

/** Failed attempts; `id` is that of the attempt. */
export type ErrorsTable = LoggedAttempt & { message: string }

/** A separate table, so that a search through messages does not read them. */
export type ErrorBodiesTable = { id: number; body: string }
