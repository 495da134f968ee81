import type { AttemptReport } from '../../gateway/observer.ts'
import { Counter } from './counter.ts'
import { Distribution, type Series } from './distribution.ts'
import type { Family } from './exposition.ts'
import { ModelTallies } from './model-tallies.ts'

/** Bucket bounds in seconds: from cached answers to models that think for minutes. */
const firstByteBounds = [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120]
const durationBounds = [...firstByteBounds, 300, 600]
const waitBounds = [0.01, 0.05, 0.1, 0.5, 1, 3, 10, 30, 60]

export type RequestEnd = {
  readonly dialect: string
  readonly method: string
  /** 0 when the client disconnected before there was one. */
  readonly status: number
  readonly isWhole: boolean
}

/** Of one dialect, for streams or for whole answers. */
type StreamHistograms = { readonly durations: Series; readonly firstBytes: Series }

/** Counts requests and attempts. Its methods run on the request path and only add to a few numbers. */
export class RequestMetrics {
  readonly #models = new ModelTallies()
  readonly #open = new Counter(['dialect'])
  readonly #requests = new Counter(['dialect', 'method', 'status'])
  readonly #cut = new Counter(['dialect'])
  readonly #attempts = new Counter(['dialect', 'model', 'verdict'])
  readonly #retries = new Counter(['dialect'])
  readonly #refusals = new Counter(['surface', 'code'])
  readonly #durations = new Distribution(durationBounds)
  readonly #firstBytes = new Distribution(firstByteBounds)
  readonly #ofStreams = new Map<string, StreamHistograms>()
  readonly #ofWholeAnswers = new Map<string, StreamHistograms>()
  readonly #waits = new Distribution(waitBounds)
  readonly #waitsByEnd = {
    served: this.#waits.series({ end: 'served' }),
    refused: this.#waits.series({ end: 'refused' }),
    left: this.#waits.series({ end: 'left' }),
  }

  requestBegan(dialect: string): void {
    this.#open.cell(dialect).value += 1
  }

  requestEnded({ dialect, method, status, isWhole }: RequestEnd): void {
    this.#open.cell(dialect).value -= 1
    const statusClass = statusClasses[Math.floor(status / 100)] ?? 'none'
    this.#requests.cell(dialect, method, statusClass).value += 1
    if (!isWhole && status > 0) this.#cut.cell(dialect).value += 1
  }

  attempted({ request, outcome, number, durationMs, firstByteMs, usage }: AttemptReport): void {
    const { dialect, streamed } = request.labels
    const { verdict } = outcome
    const { model } = request.key
    const tally = verdict === 'answered' ? this.#models.answered(model) : this.#models.find(model)
    this.#attempts.cell(dialect, tally.label, verdict).value += 1
    if (number > 1) this.#retries.cell(dialect).value += 1
    const histograms = this.#histogramsOf(dialect, streamed)
    histograms.durations.observe(durationMs)
    if (firstByteMs !== undefined) histograms.firstBytes.observe(firstByteMs)
    if (usage === undefined) return
    tally.prompt.value += usage.prompt
    tally.output.value += usage.output
    tally.thoughts.value += usage.thoughts
    tally.cached.value += usage.cached
    tally.toolUse.value += usage.toolUse
  }

  /** Both names are of fixed sets. */
  refused(surface: string, code: string): void {
    this.#refusals.cell(surface, code).value += 1
  }

  waited(durationMs: number, end: 'served' | 'refused' | 'left'): void {
    this.#waitsByEnd[end].observe(durationMs)
  }

  /** A lane is labelled by its model. */
  readonly laneLabel = (lane: string): string => this.#models.find(lane).label

  readonly families = (): Family[] => [
    {
      name: 'gemini_balance_requests_total',
      help: 'Finished client requests, by status class; none: the client disconnected before a status.',
      type: 'counter',
      read: this.#requests.read,
    },
    {
      name: 'gemini_balance_requests_open',
      help: 'Client requests in progress.',
      type: 'gauge',
      read: this.#open.read,
    },
    {
      name: 'gemini_balance_answers_cut_total',
      help: 'Answers that were cut off by Google, the client or the network.',
      type: 'counter',
      read: this.#cut.read,
    },
    {
      name: 'gemini_balance_refusals_total',
      help: 'Requests that the gateway refused by its own rules, by error code (docs/errors.md); surface none: nothing is served there.',
      type: 'counter',
      read: this.#refusals.read,
    },
    {
      name: 'gemini_balance_attempts_total',
      help: 'Calls to Google, by verdict (docs/verdicts.md).',
      type: 'counter',
      read: this.#attempts.read,
    },
    {
      name: 'gemini_balance_retries_total',
      help: 'Calls to Google after the first of their request.',
      type: 'counter',
      read: this.#retries.read,
    },
    {
      name: 'gemini_balance_tokens_total',
      help: 'Tokens as Google counted them in answers that were delivered.',
      type: 'counter',
      read: this.#models.read,
    },
    {
      name: 'gemini_balance_attempt_duration_seconds',
      help: 'From sending a call to Google to the end of its answer.',
      type: 'histogram',
      read: this.#durations.read,
    },
    {
      name: 'gemini_balance_attempt_first_byte_seconds',
      help: 'From sending a call to Google to the first byte of its answer.',
      type: 'histogram',
      read: this.#firstBytes.read,
    },
    {
      name: 'gemini_balance_wait_seconds',
      help: 'How long requests waited for a lane, by result.',
      type: 'histogram',
      read: this.#waits.read,
    },
  ]

  #histogramsOf(dialect: string, streamed: boolean): StreamHistograms {
    const byDialect = streamed ? this.#ofStreams : this.#ofWholeAnswers
    const known = byDialect.get(dialect)
    if (known !== undefined) return known
    const labels = { dialect, stream: String(streamed) }
    const histograms = {
      durations: this.#durations.series(labels),
      firstBytes: this.#firstBytes.series(labels),
    }
    byDialect.set(dialect, histograms)
    return histograms
  }
}

const statusClasses = [undefined, '1xx', '2xx', '3xx', '4xx', '5xx']
