import type { LiveEvent } from './event-bus.ts'

/** A connection that says when it has had enough. */
export type EventSink = {
  /** False: nothing more until `onDrain`. */
  write(text: string): boolean
  onDrain(resume: () => void): void
}

export type EventWriter = {
  write(event: LiveEvent): void
  /** A line that clients ignore, unless there is something to say anyway. */
  keepAlive(): void
}

/** What a slow reader is behind. */
const mostQueued = 256

/** Events in the framing of server-sent events. For a reader who cannot follow some are kept; those beyond are counted and the count is told. */
export function createEventWriter(sink: EventSink, limit = mostQueued): EventWriter {
  const queue: string[] = []
  let dropped = 0
  let isFull = false

  sink.onDrain(() => {
    isFull = false
    while (!isFull && queue.length > 0) isFull = !sink.write(queue.shift() ?? '')
    if (isFull || dropped === 0) return
    isFull = !sink.write(framed({ kind: 'dropped', data: { count: dropped } }))
    dropped = 0
  })

  return {
    write(event) {
      if (!isFull) isFull = !sink.write(framed(event))
      // Once something is lost the rest waits until the loss was told: what is read is in order.
      else if (dropped === 0 && queue.length < limit) queue.push(framed(event))
      else dropped += 1
    },
    keepAlive() {
      if (!isFull) isFull = !sink.write(': \n\n')
    },
  }
}

const framed = ({ kind, data }: LiveEvent) => `event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`
