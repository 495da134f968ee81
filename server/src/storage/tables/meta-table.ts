export type MetaTable = { name: string; value: string }
