import type { ClientSignal } from '../../runtime/client-signal.ts'
import type { Output } from './output.ts'
import type { Paced } from './text-pace.ts'

/** How many events may wait to be written; then Google has to wait. */
const maxQueued = 1000

export type PacedOutputOptions<Event> = {
  readonly signal: ClientSignal
  /** An event in pieces, each with the silence after it. */
  readonly pace: (event: Event) => Paced<Event>[]
}

/**
 * An output whose text comes at an even pace, in order and complete: the end, or an error, comes right after the last piece.
 * When the client leaves, nothing waits any longer.
 */
export function createPacedOutput<Event>(
  output: Output<Event>,
  { signal, pace }: PacedOutputOptions<Event>,
): Output<Event> {
  const queue: Event[] = []
  let pieces: Paced<Event>[] = []
  let timer: NodeJS.Timeout | undefined
  let isFull = false
  let resume: (() => void) | undefined
  let end: (() => void) | undefined

  const drop = () => {
    clearTimeout(timer)
    queue.length = 0
    pieces = []
  }
  const hasRoom = () => !isFull && queue.length < maxQueued

  function nextPiece(): Paced<Event> | undefined {
    if (pieces.length === 0) {
      const event = queue.shift()
      if (event !== undefined) pieces = pace(event)
    }
    return pieces.shift()
  }

  /** Emits until a piece has a silence after it. */
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
      unsubscribe()
      end()
    } else if (hasRoom()) resume?.()
  }

  function add(events: readonly Event[]): void {
    if (signal.aborted) return
    for (const event of events) queue.push(event)
    if (timer === undefined) play()
  }

  const unsubscribe = signal.onAbort(drop)
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
