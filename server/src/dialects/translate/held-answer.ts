import type { AnswerPart, Candidate, GeminiAnswer } from '../../google/answers/gemini-answer.ts'
import type { AnswerStream } from './answer-stream.ts'
import { fittingJson, type JsonDemand } from './json-demand.ts'

/** Holds an answer that must be JSON until it is whole and can be checked. */
export class HeldAnswer {
  readonly #demand: JsonDemand
  /** The chunks of each call. */
  #calls: GeminiAnswer[][] = [[]]

  constructor(demand: JsonDemand) {
    this.#demand = demand
  }

  push(answer: GeminiAnswer): void {
    this.#calls.at(-1)?.push(answer)
  }

  get continuationToken(): string | undefined {
    const candidates = this.#calls.at(-1)?.flatMap((answer) => answer.candidates) ?? []
    return candidates.find(({ finishReason }) => finishReason === 'CONTINUATION')?.continuationToken
  }

  /** Prepares for a call that continues the answer. */
  continues(): void {
    this.#calls.push([])
  }

  /** A whole text that is not the JSON; undefined where the answer may be sent. A tool call may, and so may what Google ended early. */
  unfitting(): string | undefined {
    const candidates = this.#calls.flat().flatMap((answer) => answer.candidates)
    const isWhole = candidates.some(({ finishReason }) => finishReason === 'STOP')
    if (!isWhole || candidates.some(hasCall)) return undefined
    const text = candidates.map(textOf).join('')
    return fittingJson(text, this.#demand) === undefined ? text : undefined
  }

  /** The events of the answer, whose text is the JSON alone. */
  release<Event>(stream: AnswerStream<Event>): Event[] {
    const calls = this.#calls
    const text = calls.flat().flatMap((answer) => answer.candidates.map(textOf))
    const json = fittingJson(text.join(''), this.#demand)
    const shown = json === undefined ? (answer: GeminiAnswer) => answer : onlyText(json)
    this.#calls = [[]]
    return calls.flatMap((answers, index) => {
      if (index > 0) stream.nextCall('continues')
      return answers.flatMap((answer) => stream.take(shown(answer)))
    })
  }

  /** Forgets the answer. Its tokens are counted, since the client pays for them. */
  discard<Event>(stream: AnswerStream<Event>): void {
    for (const answers of this.#calls) {
      const usage = answers.findLast((answer) => answer.usage !== undefined)?.usage
      stream.take({ candidates: [], blockReason: undefined, usage, error: undefined })
      stream.nextCall('next choice')
    }
    this.#calls = [[]]
  }
}

const isText = ({ text, thought }: AnswerPart): boolean => text !== undefined && thought !== true
const hasCall = ({ parts }: Candidate): boolean =>
  parts.some(({ functionCall }) => functionCall !== undefined)
const textOf = ({ parts }: Candidate): string =>
  parts.map((part) => (isText(part) ? part.text : '')).join('')

/** Puts a text in the place of the first piece of text, and removes all other content: code that was run would be written beside it. */
function onlyText(text: string): (answer: GeminiAnswer) => GeminiAnswer {
  let rest = text
  const shownPart = (part: AnswerPart): AnswerPart => {
    if (part.thought === true || part.functionCall !== undefined) return part
    const shown = { text: isText(part) ? rest : '', thoughtSignature: part.thoughtSignature }
    if (isText(part)) rest = ''
    return shown
  }
  return (answer) => ({
    ...answer,
    candidates: answer.candidates.map((candidate) => ({
      ...candidate,
      parts: candidate.parts.map(shownPart),
    })),
  })
}
