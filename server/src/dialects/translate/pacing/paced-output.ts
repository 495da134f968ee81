import type { ClientSignal } from '../../../runtime/streams/client-signal.ts'
import type { Output } from '../output.ts'
import type { Paced } from './text-pace.ts'

/** Queue length at which reading from Google pauses. */
const maxQueued = 1000

export type PacedOutputOptions<Event> = {
  readonly signal: ClientSignal
  /** Splits an event into pieces with a delay after each. */
  readonly pace: (event: Event) => Paced<Event>[]
}

/** Writes text at an even pace and in order. The end, or an error, follows the last piece at once. */
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

  const clear = () => {
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

  /** Emits until a piece has a delay after it. */
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

  const unsubscribe = signal.onAbort(clear)
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
