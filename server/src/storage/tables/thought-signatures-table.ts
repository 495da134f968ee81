export type ThoughtSignaturesTable = { name: string; signature: string; at: number }
