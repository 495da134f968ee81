const prefix = 'call_'

/** OpenAI's id of a tool call, from Gemini's. */
export const openAiCallId = (geminiId: string): string => prefix + geminiId

/** Gemini's id of a tool call. Ids of other providers are passed on. */
export const geminiCallId = (openAiId: string): string =>
  openAiId.startsWith(prefix) ? openAiId.slice(prefix.length) : openAiId
