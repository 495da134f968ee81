export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'function_call' | 'content_filter'

/** How an answer ended. `broken` is an answer that Google failed to complete. */
export type FinishKind = 'complete' | 'cut' | 'withheld' | 'broken'

/** What Google's finish reason means. */
export function finishKindOf(reason: string): FinishKind {
  switch (reason) {
    case 'STOP':
      return 'complete'
    case 'MAX_TOKENS':
    case 'CONTINUATION':
      return 'cut'
    case 'SAFETY':
    case 'RECITATION':
    case 'BLOCKLIST':
    case 'PROHIBITED_CONTENT':
    case 'SPII':
    case 'LANGUAGE':
    case 'OTHER':
    case 'NO_IMAGE':
    case 'IMAGE_SAFETY':
    case 'IMAGE_PROHIBITED_CONTENT':
    case 'IMAGE_RECITATION':
    case 'IMAGE_OTHER':
      return 'withheld'
    default:
      return 'broken'
  }
}

const finishReasons = {
  cut: 'length',
  withheld: 'content_filter',
  // The content before it is incomplete. Without content the answer is an error.
  broken: 'length',
} as const satisfies Record<Exclude<FinishKind, 'complete'>, FinishReason>

/** OpenAI's finish reason. An incomplete answer is never `stop`. */
export function finishReason(
  finishKind: FinishKind,
  calls: 'tool_calls' | 'function_call' | undefined,
): FinishReason {
  if (finishKind !== 'complete') return finishReasons[finishKind]
  return calls ?? 'stop'
}
