import { expect, test } from 'vitest'
import { queryForUpstream, readGeminiPath } from './path.ts'

test('a path is a list, a model or a method call', () => {
  expect(readGeminiPath('models')).toEqual({ kind: 'list-models' })
  expect(readGeminiPath('models/gemini-x')).toEqual({ kind: 'get-model', model: 'gemini-x' })
  expect(readGeminiPath('models/gemini-x:generateContent')).toEqual({
    kind: 'call',
    collection: 'models',
    model: 'gemini-x',
    method: 'generateContent',
  })
  expect(readGeminiPath('tunedModels/mine:someNewMethod')).toMatchObject({
    collection: 'tunedModels',
    method: 'someNewMethod',
  })
})

test('an escaped colon is decoded', () => {
  expect(readGeminiPath('models/gemini-x%3AcountTokens')).toMatchObject({ method: 'countTokens' })
})

test.each([
  '',
  'files/x',
  'models/',
  'models/:generateContent',
  'models/x:',
  'models/%ff:y',
  'models/a/b',
])('%j is unknown', (rest) => {
  expect(readGeminiPath(rest)).toEqual({ kind: 'unknown' })
})

test('credentials are removed from the query', () => {
  const query = new URLSearchParams('alt=sse&key=secret&access_token=t&pageSize=3')
  expect(queryForUpstream(query)).toBe('?alt=sse&pageSize=3')
  expect(queryForUpstream(new URLSearchParams('key=secret'))).toBe('')
  expect(queryForUpstream(undefined)).toBe('')
})
