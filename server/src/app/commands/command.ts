import type { ParseArgsConfig } from 'node:util'
import type { Environment } from '../../settings/read-environment.ts'

export type CommandContext = {
  readonly environment: Environment
  /** A variable of the process that is no setting. */
  readonly variable: (name: string) => string | undefined
  readonly print: (line: string) => void
  /** Reads a secret from the terminal; undefined where there is none. */
  readonly prompt?: ((question: string) => Promise<string>) | undefined
}

export type CommandInput = {
  readonly positionals: readonly string[]
  readonly flags: ReadonlySet<string>
}

/** Something that the program does instead of serving. Rejects with StartError. */
export type Command = {
  readonly help: string
  /** Arguments after its name, as the help shows them. */
  readonly usage?: string
  readonly options?: NonNullable<ParseArgsConfig['options']>
  readonly run: (context: CommandContext, input: CommandInput) => Promise<void>
}
