/**
 * Fields that the API accepts and the official SDK sends, but the published protos do not have yet.
 * The content of an `any` message is not checked.
 */
export const newerFields: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  GenerateContentRequest: {
    serviceTier: 'ServiceTier',
    labels: 'map:string',
    store: 'bool',
    continuationToken: 'bytes',
  },
  GenerationConfig: { responseFormat: 'any[]', audioTranscriptionConfig: 'any' },
  ThinkingConfig: { thinkingLevel: 'ThinkingConfig.ThinkingLevel' },
  ImageConfig: { imageSize: 'string' },
  Tool: { mcpServers: 'any[]' },
  'Tool.GoogleSearch': { searchTypes: 'any' },
  'Tool.ComputerUse': {
    enablePromptInjectionDetection: 'bool',
    disabledSafetyPolicies: 'string[]',
  },
  FileSearch: { fileSearchStoreNames: 'string[]', metadataFilter: 'string', topK: 'int32' },
  ToolConfig: { includeServerSideToolInvocations: 'bool' },
  Part: {
    toolCall: 'ToolCall',
    toolResponse: 'ToolResponse',
    audioTranscription: 'any',
    mediaResolution: 'any',
    mediaProcessing: 'any',
    speechMetadata: 'SpeechMetadata',
  },
  ToolCall: { id: 'string', toolType: 'string', args: 'google.protobuf.Struct' },
  ToolResponse: { id: 'string', toolType: 'string', response: 'google.protobuf.Struct' },
  SpeechMetadata: { speaker: 'string', style: 'string' },
  ExecutableCode: { id: 'string' },
  CodeExecutionResult: { id: 'string' },
  FunctionResponsePart: { fileData: 'FileData' },
  EmbedContentRequest: { embedContentConfig: 'any' },
}

export const newerEnums: Readonly<Record<string, readonly string[]>> = {
  ServiceTier: ['UNSPECIFIED', 'FLEX', 'STANDARD', 'PRIORITY'],
  'ThinkingConfig.ThinkingLevel': [
    'THINKING_LEVEL_UNSPECIFIED',
    'MINIMAL',
    'LOW',
    'MEDIUM',
    'HIGH',
  ],
  'GenerationConfig.Modality': ['VIDEO'],
  HarmCategory: ['HARM_CATEGORY_JAILBREAK'],
}

/** Fields that belong to a oneof of the published protos. */
export const newerChoices: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  Part: { data: ['toolCall', 'toolResponse'] },
}
