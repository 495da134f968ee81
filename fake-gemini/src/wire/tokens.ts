import type { Content, GenerateContentRequest, Part } from './request.ts'

const charactersPerToken = 4
const tokensPerMedium = 258

export type Modality = 'TEXT' | 'IMAGE' | 'AUDIO' | 'VIDEO' | 'DOCUMENT'
export type TokenCounts = Partial<Record<Modality, number>>

/** An estimate: a quarter of the characters, rounded up, at least one. */
export function textTokens(text: string): number {
  return text === '' ? 0 : Math.ceil(text.length / charactersPerToken)
}

function modalityOf(mimeType: string | undefined): Modality {
  const family = mimeType?.split('/')[0]
  if (family === 'audio') return 'AUDIO'
  if (family === 'video') return 'VIDEO'
  if (family === 'image') return 'IMAGE'
  return 'DOCUMENT'
}

function add(counts: TokenCounts, modality: Modality, tokens: number): void {
  if (tokens > 0) counts[modality] = (counts[modality] ?? 0) + tokens
}

function addPart(counts: TokenCounts, part: Part): void {
  if (part.text !== undefined) return add(counts, 'TEXT', textTokens(part.text))
  const medium = part.inlineData ?? part.fileData
  if (medium) return add(counts, modalityOf(medium.mimeType), tokensPerMedium)
  add(counts, 'TEXT', textTokens(JSON.stringify({ ...part, thoughtSignature: undefined })))
}

function addContent(counts: TokenCounts, content: Content | undefined): void {
  for (const part of content?.parts ?? []) addPart(counts, part)
}

export function contentTokens(contents: readonly (Content | undefined)[]): TokenCounts {
  const counts: TokenCounts = {}
  for (const content of contents) addContent(counts, content)
  return counts
}

export function requestTokens(request: GenerateContentRequest): TokenCounts {
  const counts = contentTokens(request.contents ?? [])
  addContent(counts, request.systemInstruction)
  if (request.tools) add(counts, 'TEXT', textTokens(JSON.stringify(request.tools)))
  return counts
}

export function total(counts: TokenCounts): number {
  let sum = 0
  for (const tokens of Object.values(counts)) sum += tokens
  return sum
}

export function tokensDetails(counts: TokenCounts): object[] {
  return Object.entries(counts).map(([modality, tokenCount]) => ({ modality, tokenCount }))
}
