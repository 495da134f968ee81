import type { Environment } from '../../settings/read-environment.ts'

export type CommandContext = {
  readonly environment: Environment
  /** A variable of the process that is no setting. */
  readonly variable: (name: string) => string | undefined
  readonly say: (line: string) => void
  /** Asks a person for a secret; undefined where there is nobody at a terminal. */
  readonly ask?: ((question: string) => Promise<string>) | undefined
}

/** Something the program does instead of serving. Rejects with StartError where it cannot. */
export type Command = {
  readonly help: string
  /** What stands behind its name, as the help shows it; nothing where this is not given. */
  readonly takes?: string
  readonly run: (context: CommandContext, words: readonly string[]) => Promise<void>
}
