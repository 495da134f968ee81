import type { LiveEvent } from './event-bus.ts'

/** A connection with backpressure. */
export type EventSink = {
  /** False when it is full: write no more until `onDrain` calls. */
  write(text: string): boolean
  onDrain(resume: () => void): void
}

export type EventWriter = {
  write(event: LiveEvent): void
  /** Writes a comment, which clients ignore, unless the connection is full. */
  keepAlive(): void
}

/** Events that are kept for a slow reader. */
const maxQueued = 256

/** Writes server-sent events. For a slow reader some are queued; the number of dropped ones is sent as an event. */
export function createEventWriter(sink: EventSink, limit = maxQueued): EventWriter {
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
      // After a drop, nothing is queued until the `dropped` event is sent: the order stays right.
      else if (dropped === 0 && queue.length < limit) queue.push(framed(event))
      else dropped += 1
    },
    keepAlive() {
      if (!isFull) isFull = !sink.write(': \n\n')
    },
  }
}

const framed = ({ kind, data }: LiveEvent) =>
  `event: ${kind}\ndata: ${JSON.stringify(data, withMoments)}\n\n`

const moments = /^at$|^until$|At$|Until$/

/** Moments as RFC 3339, as in all of the API; one that never comes is null. */
function withMoments(name: string, value: unknown): unknown {
  if (typeof value !== 'number' || !moments.test(name)) return value
  return Number.isFinite(value) ? new Date(value).toISOString() : null
}
