import type { Part } from './request.ts'

/** The fields of Google's answers that this package reads. */
export type Candidate = {
  content: { role?: string; parts?: readonly Part[] }
  finishReason?: string
  finishMessage?: string
  index: number
}

export type UsageMetadata = {
  promptTokenCount: number
  cachedContentTokenCount?: number
  candidatesTokenCount?: number
  totalTokenCount: number
  promptTokensDetails?: unknown
  thoughtsTokenCount?: number
  serviceTier?: string
}

export type GenerateContentResponse = {
  promptFeedback?: { blockReason?: string }
  candidates?: Candidate[]
  usageMetadata: UsageMetadata
  modelVersion: string
  responseId: string
}
