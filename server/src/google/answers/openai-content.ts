import { isObject, type JsonObject } from '../../runtime/json-value.ts'
import type { VerdictName } from '../verdicts.ts'

const silentFinishes = new Set(['', 'stop', 'tool_calls', 'function_call'])

/** The verdict on an answer of Google's OpenAI endpoint, or on one event, where `answer-empty` means no content yet. */
export function verdictOfOpenAiContent(
  answer: unknown,
): Extract<VerdictName, 'answered' | 'answer-withheld' | 'answer-empty'> {
  if (!isObject(answer)) return 'answer-empty'
  if (!Array.isArray(answer['choices'])) return verdictOfOther(answer)
  const choices = answer['choices'].filter(isObject)
  const finishes = choices.map(finishOf)
  // Google's reason follows a colon: `content_filter: RECITATION`, `function_call_filter: MALFORMED_FUNCTION_CALL`.
  const isBroken = finishes.some((finish) => /MALFORMED|UNEXPECTED_TOOL_CALL/.test(finish))
  if (isBroken) return 'answer-empty'
  if (choices.some(hasContent)) return 'answered'
  if (finishes.some((finish) => finish.startsWith('content_filter'))) return 'answer-withheld'
  return finishes.some((finish) => !silentFinishes.has(finish)) ? 'answered' : 'answer-empty'
}

/** A list is empty without elements; any other answer is empty without fields. */
function verdictOfOther(answer: JsonObject): 'answered' | 'answer-empty' {
  const { data } = answer
  const isEmpty = Array.isArray(data) ? data.length === 0 : Object.keys(answer).length === 0
  return isEmpty ? 'answer-empty' : 'answered'
}

/** Members of a message that are content only as non-empty lists. */
const nonContentMembers = new Set(['role', 'extra_content', 'tool_calls'])

function hasContent(choice: JsonObject): boolean {
  const message = choice['message'] ?? choice['delta']
  if (!isObject(message)) return false
  return Object.entries(message).some(([name, value]) => {
    if (Array.isArray(value)) return value.length > 0
    return !nonContentMembers.has(name) && value !== '' && value != null
  })
}

function finishOf(choice: JsonObject): string {
  const finish = choice['finish_reason']
  return typeof finish === 'string' ? finish : ''
}
