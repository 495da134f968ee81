import { randomInt } from 'node:crypto'
import { rollupValues } from './rollup-values.ts'
import { minuteMs, spans, startOf } from './spans.ts'
import { joinTallies, type KindTally } from './tally.ts'

/**
 * The sums of the current minute as this process has written them. Each batch writes whole rows again, so nothing is read and nothing is added
 * twice. A batch counts in the minute in which it is written: earlier minutes never change.
 */
export function createMinuteSums() {
  // Processes that share a database write separate rows.
  const writer = randomInt(1, 2 ** 31 - 1)
  let minute = 0
  let sums = new Map<number, KindTally>()
  return {
    add(batch: ReadonlyMap<number, KindTally>, now: number) {
      const at = startOf(now, minuteMs)
      const before = at === minute ? sums : new Map<number, KindTally>()
      const after = new Map(before)
      for (const [kind, tally] of batch) after.set(kind, joinTallies(before.get(kind), tally))
      const place = { span: spans.minute, at, writer }
      return {
        values: [...batch.keys()].flatMap((kind) => {
          const tally = after.get(kind)
          return tally === undefined ? [] : rollupValues(tally, { ...place, kind })
        }),
        /** To be called when the values are written. */
        keep() {
          minute = at
          sums = after
        },
      }
    },
  }
}
