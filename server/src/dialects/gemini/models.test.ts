import { expect, test } from 'vitest'
import { listAnswer } from './models.ts'

const models = Array.from({ length: 5 }, (_, index) => ({ name: `models/m${index}` }))
const list = (query: string) => {
  const { status, body } = listAnswer(models, new URLSearchParams(query))
  return { status, ...JSON.parse(body) }
}

test('without a page size the whole list is answered', () => {
  expect(list('')).toEqual({ status: 200, models })
})

test('pages follow one another until none is left', () => {
  const seen: unknown[] = []
  let token = ''
  do {
    const page = list(`pageSize=2&pageToken=${token}`.replace(/&pageToken=$/, ''))
    seen.push(...page.models)
    token = page.nextPageToken ?? ''
  } while (token !== '')
  expect(seen).toEqual(models)
})

test.each([
  ['pageSize=x', 'page_size'],
  ['pageSize=-1', 'page_size'],
  ['pageToken=abc', 'page_token'],
])('%s is refused by name', (query, field) => {
  const { status, error } = list(query)
  expect(status).toBe(400)
  expect(error.details[0].fieldViolations[0].field).toBe(field)
})
