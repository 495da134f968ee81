import { hash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { adminTokenProblems } from './admin-token.ts'

const settings = { authToken: 'secret-token', allowedTokens: ['a'] }
const changed = (...names: string[]) => new Set(names)
const tokens = [{ source: 'admin', digest: hash('sha256', 'secret-token') }] as const

describe('an admin token', () => {
  test('that no client has is fine', () => {
    expect(adminTokenProblems(settings, { changed: changed('AUTH_TOKEN'), tokens: [] })).toEqual([])
  })

  test('may be neither an allowed token nor one that an admin made', () => {
    const both = { ...settings, allowedTokens: ['secret-token'] }
    const change = { changed: changed('AUTH_TOKEN'), tokens: [] }
    expect(adminTokenProblems(both, change)).toMatchObject([{ setting: 'AUTH_TOKEN' }])
    expect(adminTokenProblems(settings, { ...change, tokens })).toHaveLength(1)
  })

  test('is not accepted as an allowed token either', () => {
    const both = { ...settings, allowedTokens: ['secret-token'] }
    const change = { changed: changed('ALLOWED_TOKENS'), tokens: [] }
    expect(adminTokenProblems(both, change)).toMatchObject([{ setting: 'ALLOWED_TOKENS' }])
  })

  test('that was a client token before the change stays', () => {
    const both = { ...settings, allowedTokens: ['secret-token'] }
    expect(adminTokenProblems(both, { changed: changed('MAX_RETRIES'), tokens: [] })).toEqual([])
  })
})
