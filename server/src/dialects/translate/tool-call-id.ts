const prefix = 'call_'

/** The id of a tool call as OpenAI's clients know it, from Gemini's own. */
export const openAiCallId = (geminiId: string): string => prefix + geminiId

/** Gemini's id of a call: its own back, or the id that another provider gave, which is as good. */
export const geminiCallId = (openAiId: string): string =>
  openAiId.startsWith(prefix) ? openAiId.slice(prefix.length) : openAiId
