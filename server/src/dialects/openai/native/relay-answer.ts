import { isObject, listOf, type JsonObject } from '../../../runtime/json-value.ts'
import { endTags, freshTags, stepTags, type TagState } from './thought-tags.ts'

/** The tag state of each choice. */
export type RelayState = ReadonlyMap<number, TagState>

export const freshRelay: RelayState = new Map()

/** Moves the thoughts of a chunk to `reasoning_content`; everything else is unchanged. */
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

/** Moves the thoughts of a whole answer to `reasoning_content`. */
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
  message: unknown,
  { isLast }: { isLast: boolean },
): [TagState, JsonObject | undefined] {
  if (!isObject(message)) return [tags, undefined]
  const original = typeof message['content'] === 'string' ? message['content'] : ''
  const [next, split] = stepTags(tags, original)
  const held = isLast ? endTags(next) : { content: '', reasoning: '' }
  const content = split.content + held.content
  const reasoning = split.reasoning + held.reasoning
  const after = isLast ? { ...next, pending: '' } : next
  if (content === original && reasoning === '') return [after, undefined]
  const { content: _given, ...rest } = message
  return [
    after,
    {
      ...rest,
      ...('content' in message || content !== '' ? { content } : {}),
      ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    },
  ]
}
