import type { GeminiAnswer } from '../../google/answers/gemini-answer.ts'

/** What another call to Google adds: the rest of the answer, more content, or the next choice. */
export type NextCall = 'continues' | 'adds' | 'next choice'

/** Converts Gemini's answer, chunk by chunk, into the events of a client's format. */
export type AnswerStream<Event> = {
  /** Converts one chunk, or a whole answer; `undefined` is an unreadable chunk. */
  take(answer: GeminiAnswer | undefined): Event[]
  /** Prepares for another call. */
  nextCall(kind: NextCall): void
  /** The last events, or an error when the answer was cut. */
  end(): Event[]
  /** Set when the rest of the answer needs another call. */
  readonly continuationToken: string | undefined
  readonly hasFailed: boolean
}
