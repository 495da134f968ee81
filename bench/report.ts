import { median } from './statistics.ts'
import { table } from './table.ts'
import type { Measure, Round, SubjectName, WorkloadResult } from './requests.ts'

const subjects: readonly SubjectName[] = ['direct', 'bare', 'gateway']

export const reportNotes = [
  'Medians of the rounds. CPU: utime + stime of the process from /proc/<pid>/stat, all threads,',
  'including the writing of the request log. "direct" is fake-gemini itself. added: compared with',
  'direct in the same round. loaded: many requests at a time. single: one request at a time.',
].join('\n')

/** CPU of the gateway divided by CPU of the bare proxy, per round. */
export function cpuRatios(rounds: readonly Round[]): number[] {
  return rounds.map(({ gateway, bare }) => gateway.cpuUsPerRequest / bare.cpuUsPerRequest)
}

export function requestsReport({ workload, rounds }: WorkloadResult): string {
  const ratios = cpuRatios(rounds)
  return [
    workload.what,
    '',
    table([
      ['', 'CPU', 'requests', 'loaded', 'loaded', 'added', 'added', 'single', 'single', 'RSS'],
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
    of((measure) => measure.concurrent.p50Ms).toFixed(2),
    of((measure) => measure.concurrent.p99Ms).toFixed(2),
    added((measure) => measure.concurrent.p50Ms),
    added((measure) => measure.concurrent.p99Ms),
    added((measure) => measure.sequential.p50Ms),
    added((measure) => measure.sequential.p99Ms),
    of((measure) => measure.rssMb).toFixed(0),
  ]
}
