import fc from 'fast-check'
import { expect, test } from 'vitest'

import { IndexedHeap } from './indexed-heap.ts'

type Item = { rank: number; tie: number; index: number }

const heapOf = (ranks: readonly number[]) => {
  const heap = new IndexedHeap<Item>({
    rankOf: (item) => item.rank,
    tieOf: (item) => item.tie,
    indexOf: (item) => item.index,
    setIndex: (item, index) => (item.index = index),
  })
  const items = ranks.map((rank, tie) => ({ rank, tie, index: -1 }))
  for (const item of items) heap.push(item)
  return { heap, items }
}

const drain = (heap: IndexedHeap<Item>) => {
  const left: Item[] = []
  for (let item = heap.peek(); item; item = heap.peek()) {
    left.push(item)
    heap.remove(item)
  }
  return left
}

test('items leave in the order of their ranks and among equals of their ties, whichever left or moved before', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50)), fc.array(fc.tuple(fc.nat(), fc.nat(50))), (ranks, moves) => {
      const { heap, items } = heapOf(ranks)
      const inside = new Set(items)
      for (const [which, rank] of moves) {
        const item = items[which % Math.max(1, items.length)]
        if (!item || !inside.has(item)) continue
        if (rank % 3 === 0) {
          heap.remove(item)
          inside.delete(item)
        } else {
          item.rank = rank
          heap.update(item)
        }
      }
      const expected = [...inside].toSorted((a, b) => a.rank - b.rank || a.tie - b.tie)
      expect(drain(heap)).toEqual(expected)
    }),
  )
})

test('an item that is not inside is not taken out', () => {
  const { heap } = heapOf([2, 1])
  heap.remove({ rank: 1, tie: 0, index: -1 })
  expect(heap.size).toBe(2)
})
