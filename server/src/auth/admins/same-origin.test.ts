import { expect, test } from 'vitest'
import { isOwnPage } from './same-origin.ts'

const sent = { method: 'POST', origin: undefined, site: undefined, host: 'me.example:8000' }

test.each([
  ['a page of our own', { site: 'same-origin', origin: 'https://me.example:8000' }, true],
  ['somebody who typed the address', { site: 'none' }, true],
  ['a page of another origin', { site: 'cross-site', origin: 'https://evil.example' }, false],
  ['a neighbour of ours', { site: 'same-site', origin: 'https://other.me.example' }, false],
  ['an older browser on a page of our own', { origin: 'http://me.example:8000' }, true],
  ['an older browser elsewhere', { origin: 'http://evil.example:8000' }, false],
  ['the same host on another port', { origin: 'http://me.example:9000' }, false],
  ['a page without an origin', { origin: 'null' }, false],
  ['what is no browser', {}, true],
  ['a page of another origin that only reads', { method: 'GET', site: 'cross-site' }, true],
])('%s may change something or not', (_, change, may) => {
  expect(isOwnPage({ ...sent, ...change })).toBe(may)
})
