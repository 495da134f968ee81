import { isObject, listOf, type JsonObject } from '../../../runtime/json-value.ts'
import { endTags, freshTags, stepTags, type TagState } from './thought-tags.ts'

/** Where each choice of a stream stands. */
export type RelayState = ReadonlyMap<number, TagState>

export const freshRelay: RelayState = new Map()

/** A chunk of Google's, with thoughts where clients look for them; all else is as it came. */
export function relayChunk(state: RelayState, chunk: JsonObject): [RelayState, JsonObject] {
  const next = new Map(state)
  const choices = listOf(chunk['choices']).map((choice) => {
    if (!isObject(choice)) return choice
    const index = typeof choice['index'] === 'number' ? choice['index'] : 0
    const [tags, delta] = relayText(next.get(index) ?? freshTags, choice['delta'], {
      isLast: typeof choice['finish_reason'] === 'string',
    })
    next.set(index, tags)
    return delta === undefined ? choice : { ...choice, delta }
  })
  return [next, 'choices' in chunk ? { ...chunk, choices } : chunk]
}

/** A whole answer, the same way. */
export function relayCompletion(answer: JsonObject): JsonObject {
  if (!('choices' in answer)) return answer
  const choices = listOf(answer['choices']).map((choice) => {
    if (!isObject(choice)) return choice
    const [, message] = relayText(freshTags, choice['message'], { isLast: true })
    return message === undefined ? choice : { ...choice, message }
  })
  return { ...answer, choices }
}

function relayText(
  tags: TagState,
  said: unknown,
  { isLast }: { isLast: boolean },
): [TagState, JsonObject | undefined] {
  if (!isObject(said)) return [tags, undefined]
  const given = typeof said['content'] === 'string' ? said['content'] : ''
  const [next, told] = stepTags(tags, given)
  const held = isLast ? endTags(next) : { content: '', reasoning: '' }
  const content = told.content + held.content
  const reasoning = told.reasoning + held.reasoning
  const after = isLast ? { ...next, pending: '' } : next
  if (content === given && reasoning === '') return [after, undefined]
  const { content: _given, ...rest } = said
  return [
    after,
    {
      ...rest,
      ...('content' in said || content !== '' ? { content } : {}),
      ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    },
  ]
}
