import type { ClientSignal } from '../../runtime/client-signal.ts'
import type { ChatEvent } from '../openai/chat/chat-events.ts'
import type { ChatOutput } from '../openai/chat/chat-output.ts'
import { paceEvent, type Paced, type TextPace } from './text-pace.ts'

/** So many events may wait to be written; then Google is asked to wait. */
const mostWaiting = 1000

/**
 * An output whose text comes at an even pace. Nothing is left out and nothing overtakes: the end, or an error, comes right after the last piece.
 * When the client leaves, nothing waits any longer.
 */
export function createPacedOutput(
  output: ChatOutput,
  signal: ClientSignal,
  pace: () => TextPace,
): ChatOutput {
  const waiting: ChatEvent[] = []
  let pieces: Paced[] = []
  let timer: NodeJS.Timeout | undefined
  let isFull = false
  let resume: (() => void) | undefined
  let end: (() => void) | undefined

  const leave = () => {
    clearTimeout(timer)
    waiting.length = 0
    pieces = []
  }
  const hasRoom = () => !isFull && waiting.length < mostWaiting

  function nextPiece(): Paced | undefined {
    if (pieces.length === 0) {
      const event = waiting.shift()
      if (event !== undefined) pieces = paceEvent(event, pace())
    }
    return pieces.shift()
  }

  /** Emits until a piece wants a silence after it. */
  function play(): void {
    timer = undefined
    for (let piece = nextPiece(); piece !== undefined; piece = nextPiece()) {
      isFull = !output.emit([piece.event])
      if (piece.delayMs === 0) continue
      timer = setTimeout(play, piece.delayMs)
      if (hasRoom()) resume?.()
      return
    }
    if (end !== undefined) {
      stay()
      end()
    } else if (hasRoom()) resume?.()
  }

  function add(events: readonly ChatEvent[]): void {
    if (signal.aborted) return
    for (const event of events) waiting.push(event)
    if (timer === undefined) play()
  }

  const stay = signal.onAbort(leave)
  output.onRoom(() => {
    isFull = false
    if (hasRoom()) resume?.()
  })

  return {
    get hasBegun() {
      return output.hasBegun
    },
    emit(events) {
      add(events)
      return hasRoom()
    },
    onRoom(listener) {
      resume = listener
    },
    finish(events) {
      end = () => output.finish([])
      add(events)
    },
    fail(error) {
      end = () => output.fail(error)
      add([])
    },
    close: output.close,
  }
}
