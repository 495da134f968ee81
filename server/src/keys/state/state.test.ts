import { describe, expect, test } from 'vitest'

import { createTestEngine, flash, hour, perDay, perMinute } from '../testing/test-engine.ts'

const pair = () => [createTestEngine({ keys: 3 }), createTestEngine({ keys: 3 })] as const

describe('what another engine learned', () => {
  test('is taken over: dead keys, suspensions and closed lanes', () => {
    const [one, other] = pair()
    one.meet('key-leaked')
    one.meet('project-suspended')
    one.meet('quota-spent', { violations: [perDay(20)] })
    other.state.apply(one.state.takeChanges())
    expect(other.refused()).toMatchObject({ kind: 'exhausted' })
    expect(other.views.keys().rows.map(({ state }) => state)).toEqual([
      'dead',
      'suspended',
      'active',
    ])
  })

  test('does not become a change of this engine', () => {
    const [one, other] = pair()
    one.meet('key-leaked')
    one.meet('project-suspended')
    one.meet('quota-spent', { violations: [perDay(20)] })
    other.state.apply(one.state.takeChanges())
    expect(other.state.takeChanges()).toEqual([])
  })

  test('ends when it is over there', () => {
    const [one, other] = pair()
    one.meet('key-leaked')
    one.meet('project-suspended')
    one.meet('quota-spent', { violations: [perDay(20)] })
    other.state.apply(one.state.takeChanges())
    for (const key of [1, 2, 3]) one.control.reset(key)
    one.control.reopenLane('key:3', flash)
    other.state.apply(one.state.takeChanges())
    expect(other.views.keys({ state: 'active' }).total).toBe(3)
    expect(new Set([1, 2, 3].map(() => other.reserve().key))).toEqual(new Set([1, 2, 3]))
  })

  test('moves a key to the project that Google named', () => {
    const [one, other] = pair()
    one.meet('resource-denied', { consumer: 'projects/7' })
    other.state.apply(one.state.takeChanges())
    expect(other.views.key(1)).toMatchObject({ project: 'projects/7', projectSource: 'learned' })
  })

  test('leaves the counts of a lane alone: each engine counts its own calls', () => {
    const [one, other] = pair()
    other.meet('answered')
    one.meet('quota-spent', { violations: [perMinute(5)] })
    other.state.apply(one.state.takeChanges())
    const [lane] = other.views.lanes({ project: 'key:1' }).rows
    expect(lane).toMatchObject({ status: 'cooling', limits: { minuteRequests: 5 } })
    expect(lane?.used.minuteRequests).toBe(1)
  })

  test('about keys and projects that it does not have is ignored', () => {
    const one = createTestEngine({ keys: 5 })
    for (let time = 0; time < 5; time += 1) one.meet('key-leaked')
    const other = createTestEngine({ keys: 1 })
    other.state.apply(one.state.takeChanges())
    expect(other.views.keys().rows.map(({ state }) => state)).toEqual(['dead'])
  })

  test('lets requests pass again once the suspension is cleared', async () => {
    const [one, other] = [createTestEngine({ keys: 1 }), createTestEngine({ keys: 1 })]
    one.meet('project-suspended')
    const changes = one.state.takeChanges()
    other.state.apply(changes)
    expect(other.refused().kind).toBe('none-alive')
    one.control.clearProject('key:1')
    other.state.apply(one.state.takeChanges())
    other.clock.advance(hour)
    expect(other.reserve().key).toBe(1)
  })
})
