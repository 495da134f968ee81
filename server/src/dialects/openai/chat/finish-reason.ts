export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter'

/** Why an answer ended, in OpenAI's words. Nothing that broke off is ever called a stop. */
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
      // MAX_TOKENS, and everything that is broken or unknown: the answer is not whole.
      return 'length'
  }
}
