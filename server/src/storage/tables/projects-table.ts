export type ProjectsTable = {
  id: string
  label: string | null
  paid: number | null
  updated_at: number
}

export type ProjectLimitsTable = {
  project: string
  /** `*` for every lane without its own row. */
  lane: string
  minute_requests: number | null
  minute_tokens: number | null
  day_requests: number | null
}
