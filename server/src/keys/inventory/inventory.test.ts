import { expect, test } from 'vitest'

import { Secret } from '../../log/secret.ts'
import type { KeyConfig } from '../types.ts'
import { Inventory } from './inventory.ts'
import { setDisabled } from './key.ts'
import { advanceKey, countGroups } from './key-group.ts'
import { setPaid } from './project.ts'

type TestInventory = { readonly inventory: Inventory; readonly events: string[] }

function anInventory(configs: readonly Partial<KeyConfig>[] = []): TestInventory {
  const events: string[] = []
  const inventory = new Inventory({
    keyGone: ({ id }) => events.push(`key ${id} gone`),
    groupAdded: ({ project, tier }) => events.push(`group ${project.id}/${tier.priority} added`),
    groupGone: ({ project, tier }) => events.push(`group ${project.id}/${tier.priority} gone`),
    groupChanged: () => {},
    projectGone: ({ id }, successor) =>
      events.push(`project ${id} gone${successor ? ` into ${successor.id}` : ''}`),
  })
  for (const [index, config] of configs.entries()) inventory.add(aKey(index + 1, config))
  events.length = 0
  return { inventory, events }
}

function aKey(id: number, config: Partial<KeyConfig> = {}): KeyConfig {
  return { id, secret: new Secret(`not-a-real-key-${id}`), ...config }
}

const keyOf = ({ inventory }: TestInventory, id: number) => {
  const key = inventory.keys.get(id)
  if (!key) throw new Error(`no key ${id}`)
  return key
}

test('a key without a project has one for itself', () => {
  const setUp = anInventory([{}, {}])
  expect([...setUp.inventory.projects.keys()]).toEqual(['key:1', 'key:2'])
  expect(keyOf(setUp, 1).projectSource).toBeUndefined()
})

test('keys of one project and priority are one group, other priorities are others', () => {
  const setUp = anInventory([{ project: 'p' }, { project: 'p' }, { project: 'p', priority: 1 }])
  const groups = setUp.inventory.projects.get('p')?.groups ?? []
  expect(groups.map(({ keys }) => keys.map(({ id }) => id))).toEqual([[1, 2], [3]])
})

test('tiers stand in the order of priority, the paid one of a priority beside the other', () => {
  const setUp = anInventory([{}, { priority: 2 }, { paid: true }, { priority: 2, paid: true }])
  const tiers = setUp.inventory.tiers.map(({ priority, paid }) => [priority, paid])
  expect(tiers).toEqual([
    [2, false],
    [2, true],
    [0, false],
    [0, true],
  ])
})

test('a group takes the weight of its heaviest usable key, and is restricted by any of them', () => {
  const setUp = anInventory([
    { project: 'p', weight: 2 },
    { project: 'p', weight: 5, allowedModels: ['gemini-a'] },
  ])
  const { group } = keyOf(setUp, 1)
  expect(group).toMatchObject({ weight: 5, restricted: true })
  setDisabled(keyOf(setUp, 2), true)
  setUp.inventory.refresh(group)
  expect(group).toMatchObject({ weight: 2, restricted: false })
  expect(group.usable.map(({ id }) => id)).toEqual([1])
})

test('the next turn stays with its key when another one is disabled', () => {
  const setUp = anInventory([{ project: 'p' }, { project: 'p' }, { project: 'p' }])
  const { group } = keyOf(setUp, 1)
  const before = group.usable[1]
  advanceKey(group, keyOf(setUp, 1))
  setDisabled(keyOf(setUp, 1), true)
  setUp.inventory.refresh(group)
  expect(group.usable[group.next]).toBe(before)
})

test('the last key that moves takes its old project into the new one', () => {
  const setUp = anInventory([{}, { project: 'p' }])
  setUp.inventory.move(keyOf(setUp, 1), { project: 'p', source: 'learned' })
  expect(setUp.events).toEqual(['group key:1/0 gone', 'project key:1 gone into p'])
  expect(keyOf(setUp, 1)).toMatchObject({
    projectSource: 'learned',
    group: { project: { id: 'p' } },
  })
})

test('a learned project outlives a change of the key, until the operator names another', () => {
  const setUp = anInventory([{}])
  const key = keyOf(setUp, 1)
  setUp.inventory.move(key, { project: 'projects/7', source: 'learned' })
  setUp.inventory.change(key, aKey(1, { weight: 3 }))
  expect(key).toMatchObject({ weight: 3, group: { project: { id: 'projects/7' } } })
  setUp.inventory.change(key, aKey(1, { project: 'mine' }))
  expect(key).toMatchObject({ projectSource: 'operator', group: { project: { id: 'mine' } } })
})

test('the owner of a resource is found under the own name of a key that has moved', () => {
  const setUp = anInventory([{}])
  setUp.inventory.move(keyOf(setUp, 1), { project: 'p', source: 'learned' })
  expect(setUp.inventory.ownerOf('key:1')?.id).toBe('p')
  expect(setUp.inventory.ownerOf('key:9')).toBeUndefined()
})

test('a project that is marked as paid moves to the paid tier with its keys', () => {
  const setUp = anInventory([{ project: 'p' }, { project: 'p', priority: 1 }])
  const { project } = keyOf(setUp, 1).group
  setPaid(project, true, 'operator')
  setUp.inventory.regroup(project)
  expect(project.groups.map(({ tier }) => [tier.priority, tier.paid])).toEqual([
    [0, true],
    [1, true],
  ])
  expect(setUp.inventory.tiers.filter(({ paid }) => !paid).map(countGroups)).toEqual([0, 0])
})

test('a Bearer credential is known of only while such a key can be used', () => {
  const setUp = anInventory([{}, { secret: new Secret('AQ.not-a-real-key') }])
  expect(setUp.inventory.hasBearerKey).toBe(true)
  setUp.inventory.remove(keyOf(setUp, 1))
  expect(setUp.inventory.hasBearerKey).toBe(false)
})

test('a tier forgets groups that are gone once they are half of it', () => {
  const setUp = anInventory(Array.from({ length: 100 }, () => ({})))
  const [tier] = setUp.inventory.tiers
  for (let id = 1; id <= 63; id += 1) setUp.inventory.remove(keyOf(setUp, id))
  expect(tier).toMatchObject({ gone: 63, generation: 0 })
  setUp.inventory.remove(keyOf(setUp, 64))
  expect(tier).toMatchObject({ gone: 0, generation: 1 })
  expect(tier?.groups.length).toBe(36)
})
