import { readFileSync } from 'node:fs'
import { rooms, type Room } from './table.ts'

const begin = '<!-- rooms: written by `npm run docs` from scripts/rooms/table.ts -->'
const end = '<!-- /rooms -->'

/** ARCHITECTURE.md with the table of rooms between its two marks. */
export function roomsTable(file: string): string {
  const text = readFileSync(file, 'utf8')
  const from = text.indexOf(begin)
  const to = text.indexOf(end)
  if (from === -1 || to < from) throw new Error(`${file} has no marks for the table of rooms.`)
  return `${text.slice(0, from + begin.length)}\n\n${table()}\n\n${text.slice(to)}`
}

function table(): string {
  const rows = Object.entries<Room>(rooms).map(([name, { what, may, closed }]) => {
    const shown = name === 'main' ? '`main.ts`' : `\`${name}/\``
    const imports = may.length === 0 ? 'nothing' : may.join(', ')
    return `| ${shown} | ${what}${closed ? '. Closed' : ''} | ${imports} |`
  })
  return ['| room | what it is | imports |', '| --- | --- | --- |', ...rows].join('\n')
}
