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

const sayingNothing = new Set(['', 'STOP', 'FINISH_REASON_UNSPECIFIED'])

/** What a generated answer, or one chunk of it, amounts to. `answer-empty` of a chunk that is not the last means: nothing yet. */
export function verdictOfContent(
  answer: unknown,
): Extract<VerdictName, 'answered' | 'answer-withheld' | 'answer-empty'> {
  if (!isObject(answer)) return 'answer-empty'
  const feedback = answer['promptFeedback']
  if (isObject(feedback) && feedback['blockReason'] !== undefined) return 'answer-withheld'
  const candidates = objectsOf(answer['candidates'])
  if (candidates.some(carriesSomething)) return 'answered'
  const reasons = candidates.map(finishOf)
  if (reasons.some((reason) => withheldReasons.has(reason))) return 'answer-withheld'
  // A finish for a reason is the truth, even without a word; a plain STOP with nothing to show, or a broken call, is a failure.
  const isTruth = reasons.some(
    (reason) => !sayingNothing.has(reason) && !malformedReasons.has(reason),
  )
  return isTruth ? 'answered' : 'answer-empty'
}

function carriesSomething(candidate: JsonObject): boolean {
  if (malformedReasons.has(finishOf(candidate))) return false
  const content = candidate['content']
  if (!isObject(content)) return false
  return objectsOf(content['parts']).some(
    (part) =>
      Object.keys(part).some((name) => !bySideOfText.has(name)) ||
      (part['text'] !== '' && part['text'] !== undefined),
  )
}

/** What a part may have beside its data without carrying anything to a reader. */
const bySideOfText = new Set(['text', 'thought', 'thoughtSignature', 'partMetadata'])

function finishOf({ finishReason }: JsonObject): string {
  return typeof finishReason === 'string' ? finishReason : ''
}
