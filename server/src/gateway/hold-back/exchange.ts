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
  readonly redactor: KeyRedactor
  /** The inspector of an answer with this status. */
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
 * One call to Google from the first byte to the last, as undici's handler. The answer is held back until an inspector gives its
 * outcome; then it flows into a sink with backpressure both ways, and nothing is copied.
 */
export class Exchange implements Dispatcher.DispatchHandler, Answer {
  readonly inspected: Promise<InspectedAnswer>
  status = 0
  headers: Headers = {}

  readonly #deps: ExchangeDeps
  readonly #startedAt: number
  #controller: Dispatcher.DispatchController | undefined
  #inspector: Inspector | undefined
  #resolveInspected: (inspected: InspectedAnswer) => void = () => {}
  #isConcluded = false
  #firstByteMs: number | undefined
  #held: Buffer[] = []
  #tail: Buffer[] = []
  #tailLength = 0
  #sink: Sink | undefined
  #client: Sink | undefined
  #resolveEnd: ((end: StreamEnd) => void) | undefined
  #end: StreamEnd | undefined
  #abandoned: Error | undefined

  constructor(deps: ExchangeDeps) {
    this.#deps = deps
    this.#startedAt = deps.now()
    this.inspected = new Promise((resolve) => {
      this.#resolveInspected = resolve
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
    this.headers = this.#deps.redactor.headers(headersForClient(headers))
    this.#inspector = this.#deps.inspectorFor(status)
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#firstByteMs ??= this.#deps.now() - this.#startedAt
    this.#keepTail(chunk)
    if (this.#sink !== undefined) {
      if (!this.#sink.write(chunk)) this.#controller?.pause()
      return
    }
    this.#held.push(chunk)
    if (this.#isConcluded) return
    const outcome = this.#inspector?.push(chunk)
    if (outcome === undefined) return
    // Until somebody takes the answer nothing more of it is read.
    this.#controller?.pause()
    this.#conclude(outcome)
  }

  onResponseEnd(): void {
    this.#end = { kind: 'complete' }
    if (!this.#isConcluded && this.#inspector !== undefined) this.#conclude(this.#inspector.end())
    this.#close(this.#end)
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#end = { kind: 'cut', cause: error }
    if (!this.#isConcluded) this.#conclude(this.#deps.explainFailure(error), 'no answer')
    this.#close(this.#end)
  }

  /** Stops the call, whatever it is doing; the connection to Google is closed. */
  abandon(reason: Error): void {
    this.#abandoned = reason
    this.#controller?.abort(reason)
  }

  get whole(): Buffer | undefined {
    if (this.#end?.kind !== 'complete' || this.#sink !== undefined) return undefined
    return this.#deps.redactor.whole(joinBuffers(this.#held))
  }

  pipe(client: Sink): Promise<StreamEnd> {
    const held = this.#held
    this.#held = []
    const sink = this.#deps.redactor.through(client)
    this.#sink = sink
    this.#client = client
    sink.onDrain(() => this.#controller?.resume())
    const isFull = held.map((chunk) => sink.write(chunk)).includes(false)
    if (this.#end !== undefined) {
      this.#flush()
      return Promise.resolve(this.#end)
    }
    return new Promise((resolve) => {
      this.#resolveEnd = resolve
      if (!isFull) this.#controller?.resume()
    })
  }

  tail(): Buffer {
    return joinBuffers(this.#tail)
  }

  usage(): Usage | undefined {
    // Most often the last chunk alone tells.
    const read = this.#inspector?.readUsage ?? readUsage
    return this.#inspector?.usage?.() ?? read(this.#tail.at(-1) ?? nothing) ?? read(this.tail())
  }

  discard(): void {
    this.#held = []
    if (this.#end === undefined) this.abandon(new Error('The answer is not wanted.'))
  }

  #flush(): void {
    const kept = this.#deps.redactor.flush()
    if (kept !== undefined) this.#client?.write(kept)
  }

  #close(end: StreamEnd): void {
    this.#flush()
    this.#deps.onClosed()
    this.#resolveEnd?.(end)
  }

  #conclude(outcome: Outcome, hasAnswer: 'answer' | 'no answer' = 'answer'): void {
    this.#isConcluded = true
    const answer = hasAnswer === 'answer' ? this : undefined
    this.#resolveInspected({ outcome, answer, firstByteMs: this.#firstByteMs })
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
