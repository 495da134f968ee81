import { paceText, type Paced, type TextPace } from '../../../translate/pacing/text-pace.ts'
import type { ChatEvent } from './chat-events.ts'

/** Splits the text of an event into paced pieces. */
export function paceEvent(event: ChatEvent, pace: TextPace): Paced<ChatEvent>[] {
  if (event.kind !== 'delta') return [{ event, delayMs: 0 }]
  const { content = '', ...rest } = event.delta
  const paced = paceText(content, pace)
  if (paced === undefined) return [{ event, delayMs: 0 }]
  const { pieces, delayMs } = paced
  const last = pieces.length - 1
  // The other fields of the delta are sent once, with the last piece.
  return pieces.map((text, index) => ({
    event:
      index === last
        ? { ...event, delta: { content: text, ...rest } }
        : { kind: 'delta', choice: event.choice, delta: { content: text } },
    delayMs,
  }))
}
