import type { Sample } from './exposition.ts'

/** The buckets of one set of labels. */
export class Series {
  readonly labels: Readonly<Record<string, string>>
  readonly #boundsMs: readonly number[]
  readonly #counts: Float64Array
  #sumMs = 0

  constructor(boundsSeconds: readonly number[], labels: Readonly<Record<string, string>>) {
    this.labels = labels
    this.#boundsMs = boundsSeconds.map((bound) => bound * 1000)
    this.#counts = new Float64Array(boundsSeconds.length + 1)
  }

  observe(durationMs: number): void {
    const bounds = this.#boundsMs
    let index = 0
    while (index < bounds.length && durationMs > (bounds[index] ?? Infinity)) index += 1
    this.#counts[index] = (this.#counts[index] ?? 0) + 1
    this.#sumMs += durationMs
  }

  samples(): Sample[] {
    const { labels } = this
    let total = 0
    const buckets = [...this.#boundsMs, Infinity].map((bound, index): Sample => {
      total += this.#counts[index] ?? 0
      const le = bound === Infinity ? '+Inf' : String(bound / 1000)
      return { suffix: '_bucket', labels: { ...labels, le }, value: total }
    })
    return [
      ...buckets,
      { suffix: '_sum', labels, value: this.#sumMs / 1000 },
      { suffix: '_count', labels, value: total },
    ]
  }
}

/** A histogram of durations. */
export class Distribution {
  readonly #boundsSeconds: readonly number[]
  readonly #series: Series[] = []

  constructor(boundsSeconds: readonly number[]) {
    this.#boundsSeconds = boundsSeconds
  }

  series(labels: Readonly<Record<string, string>>): Series {
    const series = new Series(this.#boundsSeconds, labels)
    this.#series.push(series)
    return series
  }

  readonly read = (): Sample[] => this.#series.flatMap((series) => series.samples())
}
