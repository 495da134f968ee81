/** The fields of a GenerateContentRequest that translated requests use. */
export type Blob = { readonly mimeType: string; readonly data: string }

export type FunctionCall = {
  readonly id?: string
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
}

export type FunctionResponse = {
  readonly id?: string
  readonly name: string
  readonly response: Readonly<Record<string, unknown>>
  readonly parts?: readonly { readonly inlineData: Blob }[]
}

export type Part = {
  readonly text?: string
  readonly thoughtSignature?: string
  readonly inlineData?: Blob
  readonly fileData?: { readonly fileUri: string; readonly mimeType?: string }
  readonly functionCall?: FunctionCall
  readonly functionResponse?: FunctionResponse
}

export type Content = { readonly role: 'user' | 'model'; readonly parts: readonly Part[] }

export type GeminiType = 'STRING' | 'NUMBER' | 'INTEGER' | 'BOOLEAN' | 'ARRAY' | 'OBJECT' | 'NULL'

/** Google's subset of OpenAPI's Schema object. */
export type GeminiSchema = {
  type?: GeminiType
  format?: string
  title?: string
  description?: string
  nullable?: boolean
  enum?: readonly string[]
  items?: GeminiSchema
  minItems?: number
  maxItems?: number
  properties?: Readonly<Record<string, GeminiSchema>>
  required?: readonly string[]
  propertyOrdering?: readonly string[]
  minProperties?: number
  maxProperties?: number
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  pattern?: string
  anyOf?: readonly GeminiSchema[]
  default?: unknown
  example?: unknown
}

export type FunctionDeclaration = {
  readonly name: string
  readonly description?: string
  readonly parameters?: GeminiSchema
  readonly parametersJsonSchema?: unknown
}

export type Tool = {
  readonly functionDeclarations?: readonly FunctionDeclaration[]
  readonly googleSearch?: object
  readonly urlContext?: object
  readonly codeExecution?: object
}

export type FunctionCallingConfig = {
  readonly mode: 'AUTO' | 'ANY' | 'NONE'
  readonly allowedFunctionNames?: readonly string[]
}

export type ThinkingConfig = {
  readonly includeThoughts?: boolean
  readonly thinkingBudget?: number
  readonly thinkingLevel?: string
}

export type GenerationConfig = {
  temperature?: number
  topP?: number
  topK?: number
  candidateCount?: number
  maxOutputTokens?: number
  stopSequences?: readonly string[]
  presencePenalty?: number
  frequencyPenalty?: number
  seed?: number
  responseLogprobs?: boolean
  logprobs?: number
  responseMimeType?: string
  responseSchema?: GeminiSchema
  responseJsonSchema?: unknown
  responseModalities?: readonly string[]
  thinkingConfig?: ThinkingConfig
  imageConfig?: { readonly aspectRatio?: string; readonly imageSize?: string }
  mediaResolution?: string
}

export type SafetySetting = { readonly category: string; readonly threshold: string }

export type GenerateContentRequest = {
  contents: readonly Content[]
  systemInstruction?: { readonly parts: readonly Part[] }
  tools?: readonly Tool[]
  toolConfig?: { readonly functionCallingConfig: FunctionCallingConfig }
  generationConfig?: GenerationConfig
  safetySettings?: readonly SafetySetting[]
  cachedContent?: string
  serviceTier?: string
  continuationToken?: string
}
