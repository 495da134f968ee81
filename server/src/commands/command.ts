import type { Environment } from '../settings/read-environment.ts'

export type CommandContext = {
  readonly environment: Environment
  /** A variable of the process that is no setting. */
  readonly variable: (name: string) => string | undefined
  readonly say: (line: string) => void
}

/** Something the program does instead of serving. Rejects with StartError where it cannot. */
export type Command = {
  readonly help: string
  readonly run: (context: CommandContext) => Promise<void>
}
