import { readFileSync } from 'node:fs'

/** Linux reports CPU time in 1/100 s, independent of the kernel's tick. */
const microsecondsPerTick = 10_000

/** User and system CPU time of all threads of a process. */
export function cpuTimeUs(pid: number): number {
  const { userUs, systemUs } = cpuTimesUs(pid)
  return userUs + systemUs
}

export function cpuTimesUs(pid: number): { userUs: number; systemUs: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The second field is the command in brackets and may contain spaces; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return {
    userUs: Number(fields[11]) * microsecondsPerTick,
    systemUs: Number(fields[12]) * microsecondsPerTick,
  }
}

/** Current (`VmRSS`) or peak (`VmHWM`) memory of a process. */
export function memoryMb(pid: number, figure: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const kilobytes = new RegExp(`^${figure}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/status does not tell ${figure}.`)
  return Number(kilobytes) / 1024
}
