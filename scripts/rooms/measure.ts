import type { Import } from './read-imports.ts'
import { rooms, type Room } from './table.ts'

/** The room, or the loose file, at the top of the tree. */
export const topOf = (file: string): string => file.split('/')[0]?.replace(/\.ts$/, '') ?? file

export type Arrow = { readonly from: string; readonly to: string }

/** Who imports whom among the tops of the tree. */
export function arrowsBetweenTops(imports: readonly Import[]): Arrow[] {
  const found = new Map<string, Arrow>()
  for (const one of imports) {
    const [from, to] = [topOf(one.from), topOf(one.to)]
    if (from !== to) found.set(`${from} ${to}`, { from, to })
  }
  return [...found.values()]
}

/** Files in circles of imports, a list a circle (Tarjan). */
export function circlesOf(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const circles: string[][] = []
  function visit(node: string): void {
    index.set(node, index.size)
    low.set(node, index.get(node) ?? 0)
    stack.push(node)
    for (const next of edges.get(node) ?? []) {
      if (!index.has(next)) visit(next)
      if (stack.includes(next)) low.set(node, Math.min(low.get(node) ?? 0, low.get(next) ?? 0))
    }
    if (low.get(node) !== index.get(node)) return
    const circle = stack.splice(stack.indexOf(node))
    if (circle.length > 1) circles.push(circle)
  }
  for (const node of edges.keys()) if (!index.has(node)) visit(node)
  return circles
}

export function edgesOf(arrows: readonly Arrow[]): Map<string, string[]> {
  const edges = new Map<string, string[]>()
  for (const { from, to } of arrows) edges.set(from, [...(edges.get(from) ?? []), to])
  return edges
}

/** How many rooms stand over one another at the most; arrows of a circle count for one floor. */
export function floorsOf(arrows: readonly Arrow[]): number {
  const edges = edgesOf(arrows)
  const circleOf = new Map<string, string>()
  for (const circle of circlesOf(edges))
    for (const one of circle) circleOf.set(one, circle[0] ?? '')
  const name = (one: string) => circleOf.get(one) ?? one
  const between = new Map<string, Set<string>>()
  for (const { from, to } of arrows) {
    if (name(from) === name(to)) continue
    between.set(name(from), (between.get(name(from)) ?? new Set()).add(name(to)))
  }
  const heights = new Map<string, number>()
  function heightOf(one: string): number {
    const known = heights.get(one)
    if (known !== undefined) return known
    const height = 1 + Math.max(0, ...[...(between.get(one) ?? [])].map(heightOf))
    heights.set(one, height)
    return height
  }
  return Math.max(0, ...[...between.keys()].map(heightOf))
}

export type Flat = { readonly folder: string; readonly files: number }

export function flatFolders(files: readonly string[]): Flat[] {
  const counts = new Map<string, number>()
  for (const file of files) {
    const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '.'
    counts.set(folder, (counts.get(folder) ?? 0) + 1)
  }
  return [...counts]
    .map(([folder, count]) => ({ folder, files: count }))
    .toSorted((one, other) => other.files - one.files)
}

/** The names of a room that others import, the assembly (`main`, `app`) too. */
export function namesTaken(imports: readonly Import[], room: string): string[] {
  const taken = imports.filter(({ from, to }) => topOf(to) === room && topOf(from) !== room)
  return [...new Set(taken.flatMap(({ names }) => names))].toSorted()
}

/** Imports that the table does not allow. */
export function violations(imports: readonly Import[]): string[] {
  return imports.flatMap(({ from, to }) => {
    const [source, target] = [topOf(from), topOf(to)]
    const problem = problemOf({ from, to, source, target })
    return problem === undefined ? [] : [`${from} -> ${to}: ${problem}`]
  })
}

type Step = {
  readonly from: string
  readonly to: string
  readonly source: string
  readonly target: string
}

const table: Readonly<Record<string, Room>> = rooms

function problemOf({ from, to, source, target }: Step): string | undefined {
  if (source === target) {
    const [, folder] = from.split('/')
    const [, other] = to.split('/')
    if (source !== 'dialects' || folder === other) return undefined
    return isDialect(from) && isDialect(to) ? 'no dialect imports another' : undefined
  }
  const room = table[source]
  if (room === undefined) return `${source} has no row in scripts/rooms/table.ts`
  if (!room.may.includes(target)) return `${source} may not import ${target}`
  const isInside = to.split('/').length > 2
  return table[target]?.closed && isInside ? `${target} is closed` : undefined
}

const shared = new Set(['translate', 'media', 'addresses'])
const isDialect = (file: string): boolean =>
  file.split('/').length > 2 && !shared.has(file.split('/')[1] ?? '')
