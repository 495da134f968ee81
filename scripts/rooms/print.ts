// The structure of `server/src` in figures, and the imports that the table of rooms does not allow. Another tree is named by its folder.
import { fileURLToPath } from 'node:url'
import {
  arrowsBetweenTops,
  circlesOf,
  edgesOf,
  flatFolders,
  floorsOf,
  namesTaken,
  topOf,
  violations,
} from './measure.ts'
import { listSources, readImports } from './read-imports.ts'
import { rooms } from './table.ts'

const folder = process.argv[2] ?? fileURLToPath(new URL('../../server/src', import.meta.url))
const files = listSources(folder)
const imports = readImports(folder, files)
const arrows = arrowsBetweenTops(imports)
const isAssembly = ({ from }: { from: string }) =>
  from === 'main' || from === 'app' || from === 'compose'
const upward = circlesOf(edgesOf(arrows)).flat()
const circles = circlesOf(edgesOf(imports))
const tops = [...new Set(files.map(topOf))]
const names = Object.keys(rooms)
const flats = flatFolders(files)
const [largest] = flats

const rows: readonly (readonly [string, string])[] = [
  [
    'rooms and loose files · arrows between them',
    `${tops.length} · ${arrows.length}, ${arrows.filter((one) => !isAssembly(one)).length} without main and app`,
  ],
  [
    'rooms in a circle · circles of files · floors',
    `${upward.length} · ${circles.length} · ${floorsOf(arrows)}`,
  ],
  [
    'largest flat folder · tops without a row',
    `${largest?.files} (${largest?.folder}) · ${tops.filter((top) => !names.includes(top)).length}`,
  ],
  [
    'names that other rooms import',
    ['keys', 'storage', 'dialects']
      .map((room) => `${room} ${namesTaken(imports, room).length}`)
      .join(' · '),
  ],
]
for (const [what, figure] of rows) console.log(`${what.padEnd(48)} ${figure}`)
for (const circle of circles) console.log(`circle: ${circle.join(' ')}`)

if (process.argv[2] === undefined) {
  const rowless = tops.filter((top) => !names.includes(top))
  const found = [
    ...rowless.map((top) => `${top} has no row in scripts/rooms/table.ts`),
    ...violations(imports),
  ]
  for (const one of found) console.log(one)
  console.log(`${found.length} imports that the table of rooms does not allow`)
  if (found.length > 0) process.exitCode = 1
}
