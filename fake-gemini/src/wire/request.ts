import type { ThinkingLevel } from '../models.ts'

/** Requests as normalized by `schema/check-shape.ts`. */
export type FunctionCall = { id?: string; name?: string; args?: Record<string, unknown> }
export type FunctionResponse = {
  id?: string
  name?: string
  response?: Record<string, unknown>
  parts?: readonly object[]
}
export type Blob = { mimeType?: string; data?: string }

export type Part = {
  text?: string
  thought?: boolean
  thoughtSignature?: string
  inlineData?: Blob
  fileData?: { mimeType?: string; fileUri?: string }
  functionCall?: FunctionCall
  functionResponse?: FunctionResponse
  executableCode?: object
  codeExecutionResult?: object
  toolCall?: object
  toolResponse?: object
  audioTranscription?: object
}

export type Content = { role?: string; parts?: readonly Part[] }

export type Schema = {
  type?: string
  format?: string
  title?: string
  nullable?: boolean
  enum?: readonly string[]
  items?: Schema
  properties?: Readonly<Record<string, Schema>>
  required?: readonly string[]
  anyOf?: readonly Schema[]
  minItems?: number
}

export type FunctionDeclaration = {
  name?: string
  description?: string
  parameters?: Schema
  parametersJsonSchema?: unknown
  response?: Schema
  responseJsonSchema?: unknown
}

export type Tool = {
  functionDeclarations?: readonly FunctionDeclaration[]
  googleSearch?: object
  googleSearchRetrieval?: object
  codeExecution?: object
  urlContext?: object
  fileSearch?: object
  googleMaps?: object
  computerUse?: object
}

export type GenerationConfig = {
  temperature?: number
  topP?: number
  topK?: number
  candidateCount?: number
  maxOutputTokens?: number
  stopSequences?: readonly string[]
  responseMimeType?: string
  responseSchema?: Schema
  responseJsonSchema?: unknown
  responseModalities?: readonly string[]
  thinkingConfig?: {
    includeThoughts?: boolean
    thinkingBudget?: number
    thinkingLevel?: ThinkingLevel | 'THINKING_LEVEL_UNSPECIFIED'
  }
}

export type GenerateContentRequest = {
  model?: string
  contents?: readonly Content[]
  systemInstruction?: Content
  tools?: readonly Tool[]
  toolConfig?: {
    functionCallingConfig?: { mode?: string; allowedFunctionNames?: readonly string[] }
  }
  generationConfig?: GenerationConfig
  cachedContent?: string
  serviceTier?: string
  continuationToken?: string
}

export type CountTokensRequest = {
  contents?: readonly Content[]
  generateContentRequest?: GenerateContentRequest
}

export type EmbedContentRequest = {
  model?: string
  content?: Content
  taskType?: string
  title?: string
  outputDimensionality?: number
}

export type BatchEmbedContentsRequest = { requests?: readonly EmbedContentRequest[] }
