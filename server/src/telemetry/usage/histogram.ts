/**
 * Counts of durations by bin. Bin n holds durations of about 2^(n/4) ms, so a quantile is exact to a tenth; a millisecond to an hour takes 88
 * bins. As text: `bin:count` in base 36, separated by spaces.
 */
export type Histogram = Map<number, number>

const binsPerDoubling = 4

export function addDuration(histogram: Histogram, ms: number): void {
  const bin = Math.round(Math.log2(Math.max(1, ms || 1)) * binsPerDoubling)
  histogram.set(bin, (histogram.get(bin) ?? 0) + 1)
}

export function addHistogram(histogram: Histogram, text: string): void {
  if (text === '') return
  for (const item of text.split(' ')) {
    const [bin = '', count = ''] = item.split(':')
    const at = Number.parseInt(bin, 36)
    histogram.set(at, (histogram.get(at) ?? 0) + Number.parseInt(count, 36))
  }
}

export function joinHistograms(one: Histogram, other: Histogram): Histogram {
  const joined = new Map(one)
  for (const [bin, count] of other) joined.set(bin, (joined.get(bin) ?? 0) + count)
  return joined
}

export function writeHistogram(histogram: Histogram): string {
  return [...histogram].map(([bin, count]) => `${bin.toString(36)}:${count.toString(36)}`).join(' ')
}

/** The duration in milliseconds that `share` of all stay below; undefined for an empty histogram. */
export function quantile(histogram: Histogram, share: number): number | undefined {
  const bins = [...histogram].toSorted(([one], [other]) => one - other)
  const total = bins.reduce((sum, [, count]) => sum + count, 0)
  let below = 0
  for (const [bin, count] of bins) {
    below += count
    if (below >= share * total) return Math.round(2 ** (bin / binsPerDoubling))
  }
  return undefined
}
