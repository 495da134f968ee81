export type SettingsTable = { name: string; value: string; origin: string; updated_at: number }
