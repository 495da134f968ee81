import { pino, type Logger } from 'pino'
import { createScrubber, type Scrubber } from './scrub.ts'

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
  /** Default: standard output. */
  readonly destination?: LogDestination
  /** For secrets that are known before the log is created. */
  readonly scrubber?: Scrubber
}

/** Writes one line of JSON per event. The whole line is scrubbed, with errors and their causes. */
export function createLog({
  level,
  destination,
  scrubber = createScrubber(),
}: LogOptions): RootLog {
  const sink: LogDestination = destination ?? pino.destination({ fd: 1, sync: true })
  const logger = pino(
    {
      level: logLevel(level),
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: pino.stdSerializers.errWithCause },
    },
    { write: (line: string) => sink.write(scrubber.scrub(line)) },
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
