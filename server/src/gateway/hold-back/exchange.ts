import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import type { Outcome } from '../../google/outcome.ts'
import type { Answer, StreamEnd } from '../answer.ts'
import type { Sink } from '../../runtime/sink.ts'
import { readUsage, type Usage } from '../../google/answers/usage-metadata.ts'
import { headersForClient } from '../forwarded-headers.ts'
import { type Headers } from '../../runtime/headers.ts'
import { joinBuffers } from '../../runtime/join-buffers.ts'
import type { KeyRedactor } from './key-redactor.ts'
import type { Inspector } from './inspector.ts'

export type InspectedAnswer = {
  readonly outcome: Outcome
  readonly answer: Answer | undefined
  readonly firstByteMs: number | undefined
}

export type ExchangeDeps = {
  /** Keeps the key of this call out of its answer. */
  readonly guard: KeyRedactor
  /** The judge for an answer with this status. */
  inspectorFor(status: number): Inspector
  /** What an error of the connection means. */
  explainFailure(error: Error): Outcome
  /** Told once, when nothing more comes from this call. */
  onClosed(): void
  now(): number
}

/** The last bytes kept for reading usage: usageMetadata and what follows it are far smaller. */
const tailBytes = 8 * 1024
const nothing = Buffer.alloc(0)

/**
 * One call to Google from the first byte to the last, as undici's handler: held back and judged first, then flowing into
 * a sink with backpressure both ways. Nothing is copied while it flows.
 */
export class Exchange implements Dispatcher.DispatchHandler, Answer {
  readonly inspected: Promise<InspectedAnswer>
  status = 0
  headers: Headers = {}

  readonly #deps: ExchangeDeps
  readonly #startedAt: number
  #controller: Dispatcher.DispatchController | undefined
  #judge: Inspector | undefined
  #tellJudged: (inspected: InspectedAnswer) => void = () => {}
  #isJudged = false
  #firstByteMs: number | undefined
  #held: Buffer[] = []
  #tail: Buffer[] = []
  #tailLength = 0
  #sink: Sink | undefined
  #client: Sink | undefined
  #tellEnded: ((ending: StreamEnd) => void) | undefined
  #ending: StreamEnd | undefined
  #abandoned: Error | undefined

  constructor(deps: ExchangeDeps) {
    this.#deps = deps
    this.#startedAt = deps.now()
    this.inspected = new Promise((resolve) => {
      this.#tellJudged = resolve
    })
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#abandoned !== undefined) controller.abort(this.#abandoned)
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    // Informational answers come first and say nothing.
    if (status < 200) return
    this.status = status
    this.headers = this.#deps.guard.headers(headersForClient(headers))
    this.#judge = this.#deps.inspectorFor(status)
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#firstByteMs ??= this.#deps.now() - this.#startedAt
    this.#keepTail(chunk)
    if (this.#sink !== undefined) {
      if (!this.#sink.write(chunk)) this.#controller?.pause()
      return
    }
    this.#held.push(chunk)
    if (this.#isJudged) return
    const outcome = this.#judge?.push(chunk)
    if (outcome === undefined) return
    // Until somebody takes the answer nothing more of it is read.
    this.#controller?.pause()
    this.#conclude(outcome)
  }

  onResponseEnd(): void {
    this.#ending = { kind: 'complete' }
    if (!this.#isJudged && this.#judge !== undefined) this.#conclude(this.#judge.end())
    this.#close(this.#ending)
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#ending = { kind: 'cut', cause: error }
    if (!this.#isJudged) this.#conclude(this.#deps.explainFailure(error), 'no answer')
    this.#close(this.#ending)
  }

  /** Stops the call, whatever it is doing; the connection to Google is closed. */
  abandon(reason: Error): void {
    this.#abandoned = reason
    this.#controller?.abort(reason)
  }

  get whole(): Buffer | undefined {
    if (this.#ending?.kind !== 'complete' || this.#sink !== undefined) return undefined
    return this.#deps.guard.whole(joinBuffers(this.#held))
  }

  pipe(client: Sink): Promise<StreamEnd> {
    const held = this.#held
    this.#held = []
    const sink = this.#deps.guard.through(client)
    this.#sink = sink
    this.#client = client
    sink.onDrain(() => this.#controller?.resume())
    const isFull = held.map((chunk) => sink.write(chunk)).includes(false)
    if (this.#ending !== undefined) {
      this.#flush()
      return Promise.resolve(this.#ending)
    }
    return new Promise((resolve) => {
      this.#tellEnded = resolve
      if (!isFull) this.#controller?.resume()
    })
  }

  tail(): Buffer {
    return joinBuffers(this.#tail)
  }

  usage(): Usage | undefined {
    // Most often the last chunk alone tells.
    const read = this.#judge?.readUsage ?? readUsage
    return this.#judge?.usage?.() ?? read(this.#tail.at(-1) ?? nothing) ?? read(this.tail())
  }

  discard(): void {
    this.#held = []
    if (this.#ending === undefined) this.abandon(new Error('The answer is not wanted.'))
  }

  #flush(): void {
    const rest = this.#deps.guard.rest()
    if (rest !== undefined) this.#client?.write(rest)
  }

  #close(ending: StreamEnd): void {
    this.#flush()
    this.#deps.onClosed()
    this.#tellEnded?.(ending)
  }

  #conclude(outcome: Outcome, hasAnswer: 'answer' | 'no answer' = 'answer'): void {
    this.#isJudged = true
    const answer = hasAnswer === 'answer' ? this : undefined
    this.#tellJudged({ outcome, answer, firstByteMs: this.#firstByteMs })
  }

  #keepTail(chunk: Buffer): void {
    this.#tail.push(chunk)
    this.#tailLength += chunk.length
    for (
      let oldest = this.#tail[0];
      oldest !== undefined && this.#tailLength - oldest.length >= tailBytes;
      oldest = this.#tail[0]
    ) {
      this.#tail.shift()
      this.#tailLength -= oldest.length
    }
  }
}
