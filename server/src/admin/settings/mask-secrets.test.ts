import { expect, test } from 'vitest'
import { meantSecret, showSecret } from './mask-secrets.ts'

const tokens = ['sk-canary-token-0001', 'sk-canary-token-0002', 'sk-another-one-0002', 'short']

test('a secret shows how it ends, if it is long enough to', () => {
  expect(showSecret('sk-canary-token-0001')).toBe('…0001')
  expect(showSecret('short')).toBe('…')
  expect(showSecret('')).toBe('')
  expect(showSecret(tokens)).toEqual(['…0001', '…0002', '…0002', '…'])
})

test('secrets sent back as shown are those there are', () => {
  expect(meantSecret(showSecret(tokens), tokens)).toEqual(tokens)
  expect(meantSecret('…0001', 'sk-canary-token-0001')).toBe('sk-canary-token-0001')
  expect(meantSecret('', '')).toBe('')
})

test('the values of a map are secrets, its names are not', () => {
  const headers = { 'x-canary': 'canary-header-0001', 'x-short': 'short' }
  expect(showSecret(headers)).toEqual({ 'x-canary': '…0001', 'x-short': '…' })
  expect(
    meantSecret({ 'x-canary': '…0001', 'x-short': '…', 'x-new': 'new-0002' }, headers),
  ).toEqual({
    ...headers,
    'x-new': 'new-0002',
  })
  expect(meantSecret({ 'x-other': '…0001' }, headers)).toBeUndefined()
})

test('shown and new secrets stand in one list', () => {
  expect(meantSecret(['…0001', 'sk-brand-new-0009', '…'], tokens)).toEqual([
    'sk-canary-token-0001',
    'sk-brand-new-0009',
    'short',
  ])
})

test.each<[unknown, string]>([
  [['…0002'], 'one of two that end alike'],
  [['…0003'], 'none that is there'],
  ['…0001,…0002', 'shown text'],
  [['…0001', '…0001'], 'one twice'],
])('%j is refused: it is %s', (sent) => {
  expect(meantSecret(sent, tokens)).toBeUndefined()
})

test('a shown secret is never taken for a value', () => {
  expect(meantSecret('…9999', 'sk-canary-token-0001')).toBeUndefined()
  expect(meantSecret('…', undefined)).toBeUndefined()
  expect(meantSecret(['…'], undefined)).toBeUndefined()
})

test('fifty thousand secrets come back as they went', () => {
  const many = Array.from({ length: 50_000 }, (_, n) => `AIza${String(n).padStart(35, '0')}`)
  expect(meantSecret(showSecret(many), many)).toEqual(many)
})
