import { Histogram, total, type DayTally } from './tally.ts'

/** One row of the table. Shares are 0 to 1; `learning` is the first day, `later` all other days. */
export type Figures = {
  readonly policy: string
  readonly requests: number
  readonly answers: number
  readonly ofOracle: number
  readonly wastedLearning: number
  /** Of the first two minutes. */
  readonly wastedEarly: number
  readonly wastedLater: number | undefined
  readonly errors: number
  readonly avoidableErrors: number
  readonly waitP50Ms: number
  readonly waitP99Ms: number
  readonly calls: number
  readonly wasted: Readonly<Record<string, number>>
  readonly failures: Readonly<Record<string, number>>
  readonly avoidable: Readonly<Record<string, number>>
}

export type Played = { readonly policy: string; readonly days: readonly DayTally[] }

export function figuresOf({ policy, days }: Played, oracleAnswers: number): Figures {
  const sum = (pick: (day: DayTally) => number) => days.reduce((all, day) => all + pick(day), 0)
  const waits = new Histogram()
  for (const day of days) waits.merge(day.waits)
  const [learning, ...later] = days
  return {
    policy,
    requests: sum((day) => day.requests),
    answers: sum((day) => day.answers),
    ofOracle: share(
      sum((day) => day.answers),
      oracleAnswers,
    ),
    wastedLearning: wastedShare(learning ? [learning] : []),
    wastedEarly: learning ? portion(learning.early.wasted, learning.early.calls) : 0,
    wastedLater: later.length > 0 ? wastedShare(later) : undefined,
    errors: sum((day) => total(day.failures)),
    avoidableErrors: sum((day) => total(day.avoidable)),
    waitP50Ms: waits.quantile(0.5),
    waitP99Ms: waits.quantile(0.99),
    calls: sum((day) => day.calls),
    wasted: sumCounts(days.map((day) => day.wasted)),
    failures: sumCounts(days.map((day) => day.failures)),
    avoidable: sumCounts(days.map((day) => day.avoidable)),
  }
}

function share(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole
}

function portion(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}

function wastedShare(days: readonly DayTally[]): number {
  const calls = days.reduce((sum, day) => sum + day.calls, 0)
  const wasted = days.reduce((sum, day) => sum + total(day.wasted), 0)
  return portion(wasted, calls)
}

function sumCounts(counts: readonly ReadonlyMap<string, number>[]): Record<string, number> {
  const sums = new Map<string, number>()
  for (const map of counts) {
    for (const [name, count] of map) sums.set(name, (sums.get(name) ?? 0) + count)
  }
  return Object.fromEntries([...sums].toSorted(([, a], [, b]) => b - a))
}

const head = [
  ['', 'answers', 'share of', 'wasted', 'wasted', 'errors to', 'avoidable', 'wait', 'wait'],
  ['', '', 'oracle', 'day 1', 'after', 'clients', 'errors', 'p50', 'p99'],
]

/** At most 100 columns wide. */
export function table(rows: readonly Figures[]): string {
  return tableOf(head, rows.map(cellsOf))
}

/** The first column is aligned to the left, all others to the right. */
export function tableOf(head: readonly string[][], rows: readonly string[][]): string {
  const cells = [...head, ...rows]
  const widths = head[0]?.map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  )
  const lines = cells.map((row) =>
    row
      .map((cell, column) => pad(cell, widths?.[column] ?? 0, column === 0))
      .join('  ')
      .trimEnd(),
  )
  const rule = '─'.repeat(Math.max(...lines.map((line) => line.length)))
  return [...lines.slice(0, head.length), rule, ...lines.slice(head.length)].join('\n')
}

function pad(cell: string, width: number, left: boolean): string {
  return left ? cell.padEnd(width) : cell.padStart(width)
}

function cellsOf(row: Figures): string[] {
  return [
    row.policy,
    grouped(row.answers),
    percent(row.ofOracle),
    percent(row.wastedLearning),
    row.wastedLater === undefined ? '–' : percent(row.wastedLater),
    grouped(row.errors),
    grouped(row.avoidableErrors),
    duration(row.waitP50Ms),
    duration(row.waitP99Ms),
  ]
}

export function percent(part: number): string {
  return `${(part * 100).toFixed(part < 0.0995 ? 2 : 1)} %`
}

export function grouped(count: number): string {
  return String(Math.round(count)).replaceAll(/\B(?=(\d{3})+$)/g, ' ')
}

export function duration(ms: number): string {
  if (ms < 1) return '0'
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}
