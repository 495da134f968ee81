import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import type { Outcome } from '../../google/outcome.ts'
import type { Answer, StreamEnd } from '../answer.ts'
import type { Sink } from '../../runtime/streams/sink.ts'
import { readUsage, type Usage } from '../../google/answers/usage-metadata.ts'
import { headersForClient } from '../forwarded-headers.ts'
import { type Headers } from '../../runtime/streams/headers.ts'
import { joinBuffers } from '../../runtime/streams/join-buffers.ts'
import type { KeyRedactor, RedactedSink } from './key-redactor.ts'
import type { Inspector } from './inspector.ts'
import { TailBuffer } from './tail-buffer.ts'

export type InspectedAnswer = {
  readonly outcome: Outcome
  readonly answer: Answer | undefined
  readonly firstByteMs: number | undefined
}

export type ExchangeDeps = {
  /** Removes the key of this call from its answer. */
  readonly redactor: KeyRedactor
  inspectorFor(status: number): Inspector
  /** The outcome of a connection error. */
  classifyFailure(error: Error): Outcome
  /** Called once, when the call has ended. */
  onClosed(): void
  now(): number
}

/** Enough for usageMetadata and what follows it. */
const tailBytes = 8 * 1024

/**
 * One call to Google, as undici's handler. Holds the answer back until an inspector has its outcome, then streams it into a
 * sink with backpressure and without copies.
 */
export class Exchange implements Dispatcher.DispatchHandler, Answer {
  readonly inspected: Promise<InspectedAnswer>
  status = 0
  headers: Headers = {}

  readonly #deps: ExchangeDeps
  readonly #startedAt: number
  #controller: Dispatcher.DispatchController | undefined
  #inspector: Inspector | undefined
  /** Undefined once the outcome is known. */
  #resolveInspected: ((inspected: InspectedAnswer) => void) | undefined
  #firstByteMs: number | undefined
  #held: Buffer[] = []
  readonly #tail = new TailBuffer(tailBytes)
  #sink: RedactedSink | undefined
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
    // Skip informational responses.
    if (status < 200) return
    this.status = status
    this.headers = this.#deps.redactor.headers(headersForClient(headers))
    this.#inspector = this.#deps.inspectorFor(status)
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#firstByteMs ??= this.#deps.now() - this.#startedAt
    this.#tail.push(chunk)
    if (this.#sink !== undefined) {
      if (!this.#sink.write(chunk)) this.#controller?.pause()
      return
    }
    this.#held.push(chunk)
    if (this.#resolveInspected === undefined) return
    const outcome = this.#inspector?.push(chunk)
    if (outcome === undefined) return
    // Resumed by pipe().
    this.#controller?.pause()
    this.#conclude(outcome)
  }

  onResponseEnd(): void {
    this.#end = { kind: 'complete' }
    if (this.#resolveInspected !== undefined && this.#inspector !== undefined) {
      this.#conclude(this.#inspector.end())
    }
    this.#close(this.#end)
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error)
  }

  #fail(error: Error): void {
    if (this.#end !== undefined) return
    this.#end = { kind: 'cut', cause: error }
    if (this.#resolveInspected !== undefined) {
      this.#conclude(this.#deps.classifyFailure(error), 'no answer')
    }
    this.#close(this.#end)
  }

  /** Aborts the call and closes its connection, at any time. A call that still waits for a connection ends at once. */
  abandon(reason: Error): void {
    this.#abandoned = reason
    if (this.#controller !== undefined) this.#controller.abort(reason)
    else this.#fail(reason)
  }

  /** Whether Google has not begun to answer. */
  get isSilent(): boolean {
    return this.status === 0 && this.#end === undefined
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
    sink.onDrain(() => this.#controller?.resume())
    const isFull = held.map((chunk) => sink.write(chunk)).includes(false)
    if (this.#end !== undefined) {
      sink.flush()
      return Promise.resolve(this.#end)
    }
    return new Promise((resolve) => {
      this.#resolveEnd = resolve
      if (!isFull) this.#controller?.resume()
    })
  }

  tail(): Buffer {
    return this.#tail.bytes()
  }

  usage(): Usage | undefined {
    // Usually the last chunk has it.
    const read = this.#inspector?.readUsage ?? readUsage
    return this.#inspector?.usage?.() ?? read(this.#tail.last()) ?? read(this.tail())
  }

  discard(): void {
    this.#held = []
    if (this.#end === undefined) this.abandon(new Error('The answer was discarded.'))
  }

  #close(end: StreamEnd): void {
    this.#sink?.flush()
    this.#deps.onClosed()
    this.#resolveEnd?.(end)
  }

  #conclude(outcome: Outcome, hasAnswer: 'answer' | 'no answer' = 'answer'): void {
    const answer = hasAnswer === 'answer' ? this : undefined
    this.#resolveInspected?.({ outcome, answer, firstByteMs: this.#firstByteMs })
    this.#resolveInspected = undefined
  }
}
