import type { TextStyle } from './text-lines.ts'

export type LogFormat = 'json' | TextStyle

/** What a terminal can show. */
export type Terminal = {
  readonly isTTY?: boolean | undefined
  readonly hasColors?: () => boolean
}

/** Text for eyes on a terminal, JSON for programs everywhere else, unless LOG_FORMAT says so. */
export function chooseLogFormat(setting: 'auto' | 'json' | 'text', terminal: Terminal): LogFormat {
  const isTerminal = terminal.isTTY === true
  if (setting === 'json' || (setting === 'auto' && !isTerminal)) return 'json'
  // Node looks at NO_COLOR, FORCE_COLOR and TERM.
  return { isColoured: isTerminal && terminal.hasColors?.() === true, hasDate: !isTerminal }
}
