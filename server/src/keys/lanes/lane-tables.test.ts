import { expect, test } from 'vitest'
import { createTestEngine, flash, perDay, rowsOf, type TestEngine } from '../testing/test-engine.ts'

const tableNames = ({ views }: TestEngine) =>
  new Set(views.lanes({ limit: 100_000 }).rows.map(({ lane }) => lane))

function invent(engine: TestEngine, names: number): void {
  for (let index = 0; index < names; index += 1) {
    engine.meet('model-not-found', { wanted: { lane: `invented-${index}` } })
  }
}

test('10 000 invented models leave a few lanes, no rows, and every lane of a real model', () => {
  const engine = createTestEngine({ keys: 2 })
  engine.meet('quota-spent', { violations: [perDay(20)] })
  rowsOf(engine)
  invent(engine, 10_000)
  const names = tableNames(engine)
  expect(names.has(flash)).toBe(true)
  expect(names.size).toBeLessThanOrEqual(33)
  expect(rowsOf(engine)).toEqual([])
  const [lane] = engine.views.lanes({ lane: flash, project: 'key:1' }).rows
  expect(lane?.status).toBe('cooling')
})

test('a model that only some projects have keeps its closed lanes, and they are stored once an answer proves it', () => {
  const engine = createTestEngine({ keys: 2 })
  engine.meet('model-not-found')
  expect(rowsOf(engine)).toEqual([])
  engine.meet('answered')
  expect(rowsOf(engine)).toMatchObject([{ kind: 'lane', lane: flash, project: 'key:1' }])
  expect(engine.reserve().key).toBe(2)
})

test('a model that was proved before a flood of invented ones keeps its lane after it', () => {
  const engine = createTestEngine({ keys: 1 })
  engine.meet('answered', { wanted: { lane: 'new-model' } })
  invent(engine, 100)
  expect(tableNames(engine).has('new-model')).toBe(true)
})
