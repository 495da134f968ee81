/** The name that is meant by a misspelt one: the first of those with the fewest changes, at most `most`. */
export function closestName(
  written: string,
  names: readonly string[],
  most: number,
): string | undefined {
  let closest: string | undefined
  let fewest = most
  for (const name of names) {
    if (Math.abs(name.length - written.length) > fewest) continue
    const distance = editDistance(written, name)
    if (distance > fewest || (closest !== undefined && distance === fewest)) continue
    closest = name
    fewest = distance
  }
  return closest
}

/** Letters to insert, delete, replace or swap with their neighbour. */
export function editDistance(one: string, other: string): number {
  let before: number[] = []
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= other.length; j += 1) {
      const isSame = one[i - 1] === other[j - 1]
      const isSwap = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
      const costs = [
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (isSame ? 0 : 1),
      ]
      next.push(Math.min(...costs, isSwap ? (before[j - 2] ?? 0) + 1 : Infinity))
    }
    before = row
    row = next
  }
  return row[other.length] ?? 0
}
