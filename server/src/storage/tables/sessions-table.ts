export type SessionsTable = {
  digest: string
  token_mark: string
  created_at: number
  expires_at: number
  address: string
  user_agent: string
}
