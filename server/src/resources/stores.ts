/** The thought signature of a tool call; the name holds the caller and the id of the call. */
export type SignatureRow = {
  readonly name: string
  readonly signature: string
  readonly at: number
}

/** Signatures of tool calls, for clients that do not send them back. */
export type SignatureStore = {
  /** The newest, at most `limit`, oldest first. */
  newest(limit: number): Promise<SignatureRow[]>
  /** All or nothing; the last row of a name counts. Rows whose name is too long are left out. */
  insertMany(rows: readonly SignatureRow[]): Promise<void>
  /** Removes rows older than `before`, then the oldest until `keep` are left; at most `limit` at a time. Returns how many. */
  prune(bounds: { before: number; keep: number; limit: number }): Promise<number>
}
