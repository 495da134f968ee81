import { pino, type Logger } from 'pino'
import { errorFields } from './error-fields.ts'
import type { LogFormat } from './log-format.ts'
import { createScrubber, type Scrubber } from './scrub.ts'
import { textLine } from './text-lines.ts'

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'

/** Known secrets never reach the output. */
export type Log = Pick<
  Logger,
  'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'isLevelEnabled'
>

export type RootLog = Log & {
  readonly scrubber: Scrubber
  /** The pino logger itself, for Fastify. */
  readonly pino: Logger
  setLevel(name: string): void
}

export type LogDestination = { write(line: string): void }

export type LogOptions = {
  /** Pino's or Python's names (`WARNING`, `CRITICAL`), in any case. Others count as `info`. */
  readonly level: string
  /** Default: JSON. */
  readonly format?: LogFormat
  /** Default: standard output. */
  readonly destination?: LogDestination
  /** For secrets that are known before the log is created. */
  readonly scrubber?: Scrubber
}

/** Writes one line per event. The whole line is scrubbed, with errors and their causes. */
export function createLog({
  level,
  format = 'json',
  destination,
  scrubber = createScrubber(),
}: LogOptions): RootLog {
  const sink: LogDestination = destination ?? pino.destination({ fd: 1, sync: true })
  const lineOf = (json: string) => {
    const scrubbed = scrubber.scrub(json)
    // Again, since a secret may be written otherwise without the escapes of JSON.
    return format === 'json' ? scrubbed : scrubber.scrub(textLine(scrubbed, format))
  }
  const logger = pino(
    {
      level: logLevel(level),
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: errorFields },
    },
    { write: (line: string) => sink.write(lineOf(line)) },
  )
  return Object.assign(logger, {
    scrubber,
    pino: logger,
    setLevel(name: string) {
      logger.level = logLevel(name)
    },
  })
}

const levels: Readonly<Record<string, LogLevel>> = {
  trace: 'trace',
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  critical: 'fatal',
  fatal: 'fatal',
  silent: 'silent',
}

export function logLevel(name: string): LogLevel {
  return levels[name.toLowerCase()] ?? 'info'
}
