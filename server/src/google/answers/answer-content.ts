import { isObject, objectsOf, type JsonObject } from '../../runtime/json-value.ts'
import type { VerdictName } from '../verdicts.ts'

const withheldReasons = new Set([
  'SAFETY',
  'RECITATION',
  'LANGUAGE',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'IMAGE_SAFETY',
  'IMAGE_PROHIBITED_CONTENT',
  'IMAGE_RECITATION',
  'IMAGE_OTHER',
  'NO_IMAGE',
])
const malformedReasons = new Set([
  'MALFORMED_FUNCTION_CALL',
  'MALFORMED_RESPONSE',
  'UNEXPECTED_TOOL_CALL',
])

const silentReasons = new Set(['', 'STOP', 'FINISH_REASON_UNSPECIFIED'])

/** The verdict on a generated answer, or on one chunk of a stream, where `answer-empty` means no content yet. */
export function verdictOfContent(
  answer: unknown,
): Extract<VerdictName, 'answered' | 'answer-withheld' | 'answer-empty'> {
  if (!isObject(answer)) return 'answer-empty'
  const feedback = answer['promptFeedback']
  if (isObject(feedback) && feedback['blockReason'] !== undefined) return 'answer-withheld'
  const candidates = objectsOf(answer['candidates'])
  if (candidates.some(hasContent)) return 'answered'
  const reasons = candidates.map(finishReasonOf)
  if (reasons.some((reason) => withheldReasons.has(reason))) return 'answer-withheld'
  // Without content, only a specific finish reason, such as MAX_TOKENS, makes a valid answer.
  const isExplained = reasons.some(
    (reason) => !silentReasons.has(reason) && !malformedReasons.has(reason),
  )
  return isExplained ? 'answered' : 'answer-empty'
}

function hasContent(candidate: JsonObject): boolean {
  if (malformedReasons.has(finishReasonOf(candidate))) return false
  const content = candidate['content']
  if (!isObject(content)) return false
  return objectsOf(content['parts']).some(
    (part) =>
      Object.keys(part).some((name) => !nonContentMembers.has(name)) ||
      (part['text'] !== '' && part['text'] !== undefined),
  )
}

/** Members of a part that are not content by themselves. */
const nonContentMembers = new Set(['text', 'thought', 'thoughtSignature', 'partMetadata'])

function finishReasonOf({ finishReason }: JsonObject): string {
  return typeof finishReason === 'string' ? finishReason : ''
}
