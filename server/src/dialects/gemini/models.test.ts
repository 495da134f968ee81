import { expect, test } from 'vitest'
import { ClientError } from '../client-error.ts'
import { pageOf } from './models.ts'

const models = Array.from({ length: 5 }, (_, index) => ({ name: `models/m${index}` }))
const page = (query: string) => pageOf(models, new URLSearchParams(query))

test('without a page size the page is the whole list', () => {
  expect(page('')).toEqual({ models })
})

test('following the page tokens yields the whole list', () => {
  const seen: unknown[] = []
  let token = ''
  do {
    const next = page(`pageSize=2&pageToken=${token}`.replace(/&pageToken=$/, ''))
    seen.push(...next.models)
    token = next.nextPageToken ?? ''
  } while (token !== '')
  expect(seen).toEqual(models)
})

test.each([
  ['pageSize=x', 'page_size'],
  ['pageSize=-1', 'page_size'],
  ['pageToken=abc', 'page_token'],
])('%s is refused with the field', (query, param) => {
  expect(() => page(query)).toThrow(expect.objectContaining({ param }))
  expect(() => page(query)).toThrow(ClientError)
})
