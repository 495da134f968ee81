import { median } from './statistics.ts'
import { table } from './table.ts'
import type { Measure, Round, SubjectName, WorkloadResult } from './requests.ts'

const subjects: readonly SubjectName[] = ['direct', 'bare', 'gateway']

export const whatIsCounted = [
  'Medians of the rounds. CPU: utime + stime of the subject’s process from /proc/<pid>/stat, all',
  'threads, the writing of the request log included; "direct" is the fake itself. Added: against',
  'direct in the same round. Busy: all connections at work. Quiet: one request at a time.',
].join('\n')

/** What the gateway's CPU costs in terms of the bare proxy's, one figure a round. */
export function cpuRatios(rounds: readonly Round[]): number[] {
  return rounds.map(({ gateway, bare }) => gateway.cpuUsPerRequest / bare.cpuUsPerRequest)
}

export function requestsReport({ workload, rounds }: WorkloadResult): string {
  const ratios = cpuRatios(rounds)
  return [
    workload.what,
    '',
    table([
      ['', 'CPU', 'requests', 'busy', 'busy', 'added', 'added', 'quiet', 'quiet', 'RSS'],
      ['', 'µs/req', '/s', 'p50 ms', 'p99 ms', 'p50', 'p99', '+p50', '+p99', 'MB'],
      ...subjects.map((name) => row(name, rounds)),
    ]),
    '',
    `CPU, gateway / bare: ${ratios.map((ratio) => ratio.toFixed(2)).join(' ')}, median ${median(ratios).toFixed(2)}`,
  ].join('\n')
}

function row(name: SubjectName, rounds: readonly Round[]): string[] {
  const of = (figure: (measure: Measure) => number) =>
    median(rounds.map((round) => figure(round[name])))
  const added = (figure: (measure: Measure) => number) =>
    name === 'direct'
      ? '-'
      : median(rounds.map((round) => figure(round[name]) - figure(round.direct))).toFixed(2)
  return [
    name,
    of((measure) => measure.cpuUsPerRequest).toFixed(0),
    of((measure) => measure.requestsPerSecond).toFixed(0),
    of((measure) => measure.busy.p50Ms).toFixed(2),
    of((measure) => measure.busy.p99Ms).toFixed(2),
    added((measure) => measure.busy.p50Ms),
    added((measure) => measure.busy.p99Ms),
    added((measure) => measure.quiet.p50Ms),
    added((measure) => measure.quiet.p99Ms),
    of((measure) => measure.rssMb).toFixed(0),
  ]
}
