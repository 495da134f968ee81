import type { LogFormat } from '../../log/log-format.ts'
import { rowText, type Greeting, type GreetingRow } from './greeting.ts'

/** What the program says whatever LOG_LEVEL is: text on a terminal, lines of JSON where the log has them. */
export type Printer = {
  /** The only text that is printed with a secret. */
  adminToken(token: string): void
  greeting(greeting: Greeting): void
  row(row: GreetingRow): void
  line(text: string): void
}

export function createPrinter(
  format: LogFormat,
  write: (text: string) => void,
  scrub: (text: string) => string,
): Printer {
  if (format === 'json') {
    const line = (msg: string) =>
      write(`${JSON.stringify({ level: 'info', time: new Date().toISOString(), msg })}\n`)
    const row = ([label, text]: GreetingRow) => line(scrub(`${label}: ${text}`))
    return {
      adminToken: (token) => line(`Your admin token, shown this once: ${token}`),
      greeting({ title, rows }) {
        line(scrub(title))
        rows.forEach(row)
      },
      row,
      line: (text) => line(scrub(text)),
    }
  }
  const line = (text: string) => write(`${text}\n`)
  const row = (row: GreetingRow) => line(scrub(rowText(row)))
  return {
    adminToken: (token) => line(`\nYour admin token, shown this once:\n\n    ${token}`),
    greeting({ title, rows }) {
      line(`\n${scrub(title)}\n`)
      rows.forEach(row)
    },
    row,
    line: (text) => line(scrub(text)),
  }
}
