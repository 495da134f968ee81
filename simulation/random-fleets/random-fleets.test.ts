import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkFleet } from './check.ts'
import { drawFleet } from './draw.ts'
import { fleetSeed } from './play.ts'

const seeds = fc.integer({ min: 1, max: 0xffffffff })

describe('random fleets', () => {
  test('are drawn by their seed alone', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(drawFleet(seed)).toEqual(drawFleet(seed))
      }),
    )
  })

  test('have figures that depend on their seed alone', async () => {
    for (const seed of [11, 12, 13]) expect(await checkFleet(seed)).toEqual(await checkFleet(seed))
  })

  test('are of all worlds and all that the engine may know', () => {
    const drawn = Array.from({ length: 300 }, (_, index) => drawFleet(fleetSeed(1, index)))
    expect(new Set(drawn.map(({ world }) => world)).size).toBe(9)
    expect(new Set(drawn.map(({ scenario }) => scenario.knowledge)).size).toBe(3)
  })

  test('have the seed itself first, and then seeds of their own', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => fleetSeed(7, index))
    expect(many[0]).toBe(7)
    expect(new Set(many).size).toBeGreaterThan(19_990)
    expect(many.every((seed) => Number.isInteger(seed) && seed > 0)).toBe(true)
  })
})
