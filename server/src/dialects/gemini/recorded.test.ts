import { readSettings } from '@gemini-balance/contract'
import { describe, expect, test } from 'vitest'
import { parseModelName, type ModelName } from '../../google/models/model-name.ts'
import { safetyToAdd } from '../../google/requests/additions.ts'
import { indexBody } from '../../google/requests/json/body-index.ts'
import { prepareGenerate, type PrepareSettings } from '../../google/requests/prepare-generate.ts'
import { recordedLines } from '../../runtime/testing/recordings.ts'

type Exchange = { readonly id: string; readonly path: string; readonly request: unknown }

const exchanges = (recordedLines('gemini-exchanges.jsonl') ?? [])
  .map((line): Exchange => JSON.parse(line))
  .filter(({ request }) => typeof request === 'object' && request !== null)
const generating = exchanges.filter(({ path }) => /:(streamG|g)enerateContent/.test(path))

const defaults = readSettings({})
const noAdditions: PrepareSettings = { ...defaults, safetySettings: [], thinkingBudgetMap: {} }

function modelOf({ path }: Exchange): ModelName {
  const name = /models\/([^:]+):/.exec(path)?.[1] ?? ''
  const model = parseModelName(name, defaults, () => false)
  if (model === undefined) throw new Error(`${name} is not supported`)
  return model
}

function prepare(exchange: Exchange, settings: PrepareSettings) {
  const body = Buffer.from(JSON.stringify(exchange.request, undefined, 2))
  const model = modelOf(exchange)
  const prepared = prepareGenerate({ body, model, requested: model.base, settings })
  return { body, prepared }
}

describe.skipIf(exchanges.length === 0)('recorded requests', () => {
  test('are indexed with the right place of each member', () => {
    for (const { id, request } of generating) {
      const body = Buffer.from(JSON.stringify(request, undefined, 2))
      const read = indexBody(body).members.map(({ name, value }) => [
        name,
        JSON.parse(body.toString('utf8', value.start, value.end)),
      ])
      expect(Object.fromEntries(read), id).toEqual(request)
    }
  })

  test('are passed on without a copy when the settings add nothing', () => {
    expect(generating.length).toBeGreaterThan(100)
    for (const exchange of generating) {
      const { body, prepared } = prepare(exchange, noAdditions)
      expect(prepared.body[0], exchange.id).toBe(body)
      expect(prepared.body, exchange.id).toHaveLength(1)
    }
  })

  test('get only safety settings by default', () => {
    for (const exchange of generating) {
      const { prepared } = prepare(exchange, defaults)
      const sent: unknown = JSON.parse(Buffer.concat(prepared.body).toString())
      expect(sent, exchange.id).toEqual({
        safetySettings: safetyToAdd(modelOf(exchange), defaults),
        ...Object(exchange.request),
      })
    }
  })
})
