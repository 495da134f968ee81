/** Returns numbers in [0, 1). The same seed gives the same sequence (mulberry32). */
export type Random = () => number

export function createRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

export function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, rank: random() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ item }) => item)
}

const idLetters = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** Lower-case letters and digits, as in Google's ids. */
export function createId(random: Random, length: number): string {
  let id = ''
  while (id.length < length) id += idLetters.charAt(Math.floor(random() * idLetters.length))
  return id
}
