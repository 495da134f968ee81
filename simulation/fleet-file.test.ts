import { expect, test } from 'vitest'
import { defaultFleetPlan, defaultTrafficPlan } from './default-plan.ts'
import { readFleetFile } from './fleet-file.ts'

const defaults = { fleet: defaultFleetPlan, traffic: defaultTrafficPlan }

test('a fleet file overrides the defaults', () => {
  const plans = readFleetFile(
    '{"fleet":{"keys":12},"traffic":{"faults":{"abortedShare":0}}}',
    defaults,
  )
  expect(plans.fleet).toEqual({ ...defaultFleetPlan, keys: 12 })
  expect(plans.traffic.faults).toEqual({ ...defaultTrafficPlan.faults, abortedShare: 0 })
})

test('a list of models replaces the default list; each is based on the first default model', () => {
  const text = '{"fleet":{"models":[{"name":"gemini-x","quotas":{"free":"none"}}]}}'
  const [first] = defaultFleetPlan.models
  expect(readFleetFile(text, defaults).fleet.models).toEqual([
    { ...first, name: 'gemini-x', quotas: { ...first?.quotas, free: 'none' } },
  ])
})

test('an unknown name and a value of the wrong type are rejected by name', () => {
  expect(() => readFleetFile('{"fleet":{"kyes":12}}', defaults)).toThrow('no "kyes"')
  expect(() => readFleetFile('{"fleet":{"keys":"12"}}', defaults)).toThrow('fleet.keys must be')
})
