import type { GeminiAnswer } from '../../google/answers/gemini-answer.ts'

/** What another call to Google is for: the rest of an answer, more of it, or the next choice. */
export type NextCall = 'continues' | 'adds' | 'next choice'

/** Turns Gemini's answer, chunk by chunk, into the events of a client's format. */
export type AnswerStream<Event> = {
  /** One chunk of Gemini's answer, or a whole one; `undefined` is a chunk that cannot be read. */
  take(answer: GeminiAnswer | undefined): Event[]
  /** Prepares for another call. */
  nextCall(kind: NextCall): void
  /** What the answer ends with, or that it was cut. */
  end(): Event[]
  /** Set when Google wants another call for the rest of the answer. */
  readonly continuationToken: string | undefined
  readonly hasFailed: boolean
}
