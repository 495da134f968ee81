import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { KeyRow } from '../../keys/stores.ts'
import type { Storage } from '../storage.ts'

const values = (rows: readonly KeyRow[]) => rows.map(({ secret }) => secret.reveal())

/** What every database must do alike with keys. */
export function keyContract(storage: () => Storage): void {
  test('are those of the list, without blanks and duplicates, in its order', async () => {
    const { added, removed } = await storage().keys.syncValues([' b ', 'a', '', 'b', '  '])
    expect([added.length, removed]).toEqual([2, []])
    expect(values(await storage().keys.all())).toEqual(['b', 'a'])
  })

  test('that stay keep their row; the others are added and removed', async () => {
    await storage().keys.syncValues(['a', 'b', 'c'])
    const [, second] = await storage().keys.all()
    await storage().keys.update(new Map([[second?.id ?? 0, { project: 'projects/7', paid: true }]]))

    const sync = await storage().keys.syncValues(['d', 'c', 'b'])

    const rows = await storage().keys.all()
    expect(values(rows)).toEqual(['b', 'c', 'd'])
    expect(rows[0]).toMatchObject({ id: second?.id, project: 'projects/7', paid: true })
    expect(sync.removed).toHaveLength(1)
    expect(sync.added).toEqual([rows[2]])
  })

  test('never get the id of a removed key', async () => {
    await storage().keys.syncValues(['a', 'b'])
    const before = (await storage().keys.all()).map(({ id }) => id)
    await storage().keys.syncValues([])
    await storage().keys.syncValues(['b', 'a'])
    const after = (await storage().keys.all()).map(({ id }) => id)
    expect(after.filter((id) => before.includes(id))).toEqual([])
  })

  test('begin without a project, for all models, with priority 0 and weight 1', async () => {
    await storage().keys.syncValues(['a'])
    expect((await storage().keys.all())[0]).toMatchObject({
      project: undefined,
      projectSource: undefined,
      paid: undefined,
      priority: 0,
      weight: 1,
      allowedModels: undefined,
      label: undefined,
      disabled: false,
      createdAt: 1000,
    })
  })

  test('change what a patch names, and lose what it sets to undefined', async () => {
    await storage().keys.syncValues(['a'])
    const id = (await storage().keys.all())[0]?.id ?? 0
    const patch = {
      project: 'p',
      projectSource: 'operator',
      paid: false,
      priority: -3,
      weight: 0.25,
      allowedModels: ['x', 'y'],
      label: 'mine',
      note: 'bought in May',
      tags: ['a', 'b'],
      disabled: true,
    } as const
    await storage().keys.update(new Map([[id, patch]]))
    expect((await storage().keys.all())[0]).toMatchObject(patch)

    await storage().keys.update(new Map([[id, { allowedModels: [], label: undefined, tags: [] }]]))
    expect((await storage().keys.all())[0]).toMatchObject({
      ...patch,
      allowedModels: [],
      label: undefined,
      tags: [],
    })
  })

  test('that are unknown are skipped by changes, uses and removals', async () => {
    await storage().keys.update(new Map([[77, { paid: true }]]))
    await storage().keys.update(new Map([[77, {}]]))
    await storage().keys.recordUse([{ id: 77, firstAt: 1, lastAt: 2 }])
    await storage().keys.remove([77])
    expect(await storage().keys.all()).toEqual([])
  })

  test('are added if they are new, and found by their values', async () => {
    await storage().keys.add(['a', 'b'])
    const added = await storage().keys.add([' c', 'b', 'c'])
    expect(values(added)).toEqual(['c'])
    expect(await storage().keys.find(['c', 'nobody'])).toEqual(new Map([['c', added[0]?.id]]))
  })

  test('are removed by their ids', async () => {
    const [a, b] = await storage().keys.add(['a', 'b'])
    await storage().keys.remove([a?.id ?? 0])
    expect((await storage().keys.all()).map(({ id }) => id)).toEqual([b?.id])
  })

  test('store when they were used first and last', async () => {
    const [a, b] = await storage().keys.add(['a', 'b'])
    const far = 1_790_000_000_000
    await storage().keys.recordUse([{ id: a?.id ?? 0, firstAt: far, lastAt: far + 5 }])
    await storage().keys.recordUse([
      { id: a?.id ?? 0, firstAt: far + 7, lastAt: far + 9 },
      { id: b?.id ?? 0, firstAt: far + 8, lastAt: far + 8 },
    ])
    expect(
      (await storage().keys.all()).map(({ firstUsedAt, lastUsedAt }) => [firstUsedAt, lastUsedAt]),
    ).toEqual([
      [far, far + 9],
      [far + 8, far + 8],
    ])
  })

  test('do not show their values when a row is printed', async () => {
    await storage().keys.syncValues(['canary-value-0001'])
    expect(JSON.stringify(await storage().keys.all())).not.toContain('canary')
  })

  test('are added and removed by tens of thousands', async () => {
    const many = Array.from({ length: 20_000 }, (_, n) =>
      createHash('md5').update(String(n)).digest('base64'),
    )
    expect((await storage().keys.syncValues(many)).added).toHaveLength(20_000)
    expect(values(await storage().keys.all())).toEqual(many)
    const { added, removed } = await storage().keys.syncValues(many.slice(0, 5000))
    expect([added.length, removed.length]).toEqual([0, 15_000])
  })
}
