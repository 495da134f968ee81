import { isObject, type JsonObject } from '../../runtime/json-value.ts'
import type { VerdictName } from '../verdicts.ts'

const silentFinishes = new Set(['', 'stop', 'tool_calls', 'function_call'])

/** What an answer of Google's OpenAI endpoint, or one event of it, amounts to; `answer-empty` of an event means: nothing yet. */
export function verdictOfOpenAiContent(
  answer: unknown,
): Extract<VerdictName, 'answered' | 'answer-withheld' | 'answer-empty'> {
  if (!isObject(answer)) return 'answer-empty'
  if (!Array.isArray(answer['choices'])) return judgeOther(answer)
  const choices = answer['choices'].filter(isObject)
  const finishes = choices.map(finishOf)
  // Google's own word follows a colon: `content_filter: RECITATION`, `function_call_filter: MALFORMED_FUNCTION_CALL`.
  const isBroken = finishes.some((finish) => /MALFORMED|UNEXPECTED_TOOL_CALL/.test(finish))
  if (isBroken) return 'answer-empty'
  if (choices.some(carriesSomething)) return 'answered'
  if (finishes.some((finish) => finish.startsWith('content_filter'))) return 'answer-withheld'
  return finishes.some((finish) => !silentFinishes.has(finish)) ? 'answered' : 'answer-empty'
}

/** Lists hold something or are empty; of what nobody has described any field is an answer. */
function judgeOther(answer: JsonObject): 'answered' | 'answer-empty' {
  const { data } = answer
  const isEmpty = Array.isArray(data) ? data.length === 0 : Object.keys(answer).length === 0
  return isEmpty ? 'answer-empty' : 'answered'
}

/** What a message has beside what it says. */
const bySide = new Set(['role', 'content', 'extra_content', 'tool_calls'])

function carriesSomething(choice: JsonObject): boolean {
  const said = choice['message'] ?? choice['delta']
  if (!isObject(said)) return false
  return Object.entries(said).some(([name, value]) => {
    if (Array.isArray(value)) return value.length > 0
    if (name === 'content' || !bySide.has(name)) return value !== '' && value != null
    return false
  })
}

function finishOf(choice: JsonObject): string {
  const finish = choice['finish_reason']
  return typeof finish === 'string' ? finish : ''
}
