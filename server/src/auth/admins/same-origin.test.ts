import { describe, expect, test } from 'vitest'
import { isSameOrigin } from './same-origin.ts'

const change = { method: 'POST', origin: undefined, site: undefined, host: 'me.example:8000' }

describe('may change something:', () => {
  test.each([
    ['a page of our own', { site: 'same-origin', origin: 'https://me.example:8000' }],
    ['a typed address', { site: 'none' }],
    ['an older browser on a page of our own', { origin: 'http://me.example:8000' }],
    ['a client that is no browser', {}],
  ])('%s', (_, source) => {
    expect(isSameOrigin({ ...change, ...source })).toBe(true)
  })
})

describe('may not change anything:', () => {
  test.each([
    ['a page of another origin', { site: 'cross-site', origin: 'https://evil.example' }],
    ['a page of the same site', { site: 'same-site', origin: 'https://other.me.example' }],
    ['an older browser on another page', { origin: 'http://evil.example:8000' }],
    ['a page of the same host on another port', { origin: 'http://me.example:9000' }],
    ['a page without an origin', { origin: 'null' }],
  ])('%s', (_, source) => {
    expect(isSameOrigin({ ...change, ...source })).toBe(false)
  })
})

test('a page of another origin may read', () => {
  expect(isSameOrigin({ ...change, method: 'GET', site: 'cross-site' })).toBe(true)
})
