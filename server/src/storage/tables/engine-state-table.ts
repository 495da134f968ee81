export type EngineStateTable = { id: string; json: string; updated_at: number }
