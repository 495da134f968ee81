import { paceText, type Paced, type TextPace } from '../../translate/text-pace.ts'
import type { ChatEvent } from './chat-events.ts'

/** An event with its text in pieces that together say the same. */
export function paceEvent(event: ChatEvent, pace: TextPace): Paced<ChatEvent>[] {
  if (event.kind !== 'delta') return [{ event, delayMs: 0 }]
  const { content = '', ...rest } = event.delta
  const paced = paceText(content, pace)
  if (paced === undefined) return [{ event, delayMs: 0 }]
  const { pieces, delayMs } = paced
  const last = pieces.length - 1
  // What else the delta says comes once, with the last of its text.
  return pieces.map((text, index) => ({
    event:
      index === last
        ? { ...event, delta: { content: text, ...rest } }
        : { kind: 'delta', choice: event.choice, delta: { content: text } },
    delayMs,
  }))
}
