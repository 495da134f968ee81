export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter'

/** OpenAI's finish reason for Google's. An incomplete answer is never `stop`. */
export function finishReason(reason: string, hasCalls: boolean): FinishReason {
  switch (reason) {
    case 'STOP':
      return hasCalls ? 'tool_calls' : 'stop'
    case 'SAFETY':
    case 'RECITATION':
    case 'BLOCKLIST':
    case 'PROHIBITED_CONTENT':
    case 'SPII':
    case 'IMAGE_SAFETY':
    case 'IMAGE_PROHIBITED_CONTENT':
    case 'IMAGE_RECITATION':
    case 'IMAGE_OTHER':
      return 'content_filter'
    default:
      // MAX_TOKENS, and broken or unknown reasons: the answer is incomplete.
      return 'length'
  }
}
