import { readFileSync } from 'node:fs'
import { retiredNames } from './retired-names.ts'
import { dialectFolders, rooms, type Room } from './table.ts'

type Override = {
  readonly files: readonly string[]
  readonly rules: Readonly<Record<string, unknown>>
}

const rule = 'no-restricted-imports'
const deepest = 4
const names = Object.keys(rooms)
const closed = Object.entries<Room>(rooms)
  .filter(([, room]) => room.closed)
  .map(([name]) => name)

/** `.oxlintrc.json` with the import rules of the rooms and the retired names; everything else stays as it is written there. */
export function lintRules(file: string): string {
  const config: { rules: Record<string, unknown>; overrides: Override[] } = JSON.parse(
    readFileSync(file, 'utf8'),
  )
  const written = config.overrides.filter(({ rules }) => !isGenerated(rules))
  config.rules['id-denylist'] = ['error', ...retiredNames]
  config.overrides = [...roomOverrides(), ...written]
  return `${JSON.stringify(config, null, 2)}\n`
}

/** Ours are those with the one rule; the tests' override turns it off among others. */
const isGenerated = (rules: Override['rules']): boolean =>
  Object.keys(rules).length === 1 && rule in rules

/** One override for each depth of a room's files: a pattern that says how far up it goes cannot take `admin/keys` for `keys`. */
function roomOverrides(): Override[] {
  const depths = Array.from({ length: deepest }, (_, index) => index + 1)
  const rows = Object.entries<Room>(rooms).filter(([name]) => name !== 'main')
  return rows.flatMap(([name, room]) => depths.map((depth) => override(name, room, depth)))
}

function override(name: string, room: Room, depth: number): Override {
  const up = String.raw`^(\.\./)`.concat(`{${depth}}`)
  const forbidden = names.filter((other) => other !== name && !room.may.includes(other))
  const others = closed.filter((other) => other !== name)
  const patterns = [
    {
      regex: `${up}(${forbidden.join('|')})(/|\\.ts$)`,
      message: `${name} may import ${room.may.join(', ') || 'no other room'}: see scripts/rooms/table.ts.`,
    },
    {
      regex: `${up}(${others.join('|')})/[^/]+/`,
      message: 'A closed room shows only the files that lie directly in it.',
    },
    ...(name === 'dialects' && depth > 1 ? [dialectPattern(depth)] : []),
  ]
  const stars = '*/'.repeat(depth - 1)
  return { files: [`server/src/${name}/${stars}*.ts`], rules: { [rule]: ['error', { patterns }] } }
}

const dialectPattern = (depth: number) => ({
  regex: String.raw`^(\.\./)`.concat(`{${depth - 1}}(${dialectFolders.join('|')})/`),
  message: 'No dialect imports another: what they share is in translate/.',
})
