import { expect, test } from 'vitest'
import { resolveMasked, maskSecret } from './mask-secrets.ts'

const tokens = ['sk-canary-token-0001', 'sk-canary-token-0002', 'sk-another-one-0002', 'short']

test('of a secret that is long enough, the last four characters are shown', () => {
  expect(maskSecret('sk-canary-token-0001')).toBe('…0001')
  expect(maskSecret('short')).toBe('…')
  expect(maskSecret('')).toBe('')
  expect(maskSecret(tokens)).toEqual(['…0001', '…0002', '…0002', '…'])
})

test('masked secrets stand for the current ones', () => {
  expect(resolveMasked(maskSecret(tokens), tokens)).toEqual(tokens)
  expect(resolveMasked('…0001', 'sk-canary-token-0001')).toBe('sk-canary-token-0001')
  expect(resolveMasked('', '')).toBe('')
})

test('the values of a map are secrets, its names are not', () => {
  const headers = { 'x-canary': 'canary-header-0001', 'x-short': 'short' }
  expect(maskSecret(headers)).toEqual({ 'x-canary': '…0001', 'x-short': '…' })
  expect(
    resolveMasked({ 'x-canary': '…0001', 'x-short': '…', 'x-new': 'new-0002' }, headers),
  ).toEqual({
    ...headers,
    'x-new': 'new-0002',
  })
  expect(resolveMasked({ 'x-other': '…0001' }, headers)).toBeUndefined()
})

test('masked and new secrets may be in one list', () => {
  expect(resolveMasked(['…0001', 'sk-brand-new-0009', '…'], tokens)).toEqual([
    'sk-canary-token-0001',
    'sk-brand-new-0009',
    'short',
  ])
})

test.each<[unknown, string]>([
  [['…0002'], 'one of two with the same end'],
  [['…0003'], 'no current one'],
  ['…0001,…0002', 'masked text'],
  [['…0001', '…0001'], 'one twice'],
])('%j is refused: it is %s', (sent) => {
  expect(resolveMasked(sent, tokens)).toBeUndefined()
})

test('a masked secret is never taken for a value', () => {
  expect(resolveMasked('…9999', 'sk-canary-token-0001')).toBeUndefined()
  expect(resolveMasked('…', undefined)).toBeUndefined()
  expect(resolveMasked(['…'], undefined)).toBeUndefined()
})

test('fifty thousand masked secrets are resolved', () => {
  const many = Array.from({ length: 50_000 }, (_, n) => `AIza${String(n).padStart(35, '0')}`)
  expect(resolveMasked(maskSecret(many), many)).toEqual(many)
})
