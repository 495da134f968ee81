export type SettingsTable = { name: string; value: string; updated_at: number }
