import { expect, test } from 'vitest'
import { queryForUpstream, readGeminiPath } from './path.ts'

test('a path is a model or a method call', () => {
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

test.each([
  'models/models/gemini-x',
  'models/google/gemini-x',
  'models/gemini/gemini-x',
  'models/google/gemini/gemini-x',
  'models/publishers/google/models/gemini-x',
  'models/google%2Fgemini-x',
])('%s is the model behind the names in front', (rest) => {
  expect(readGeminiPath(rest)).toEqual({ kind: 'get-model', model: 'gemini-x' })
  const called = readGeminiPath(`${rest}:generateContent`)
  expect(called).toMatchObject({ kind: 'call', collection: 'models', model: 'gemini-x' })
})

test('a tuned model is itself', () => {
  const path = 'tunedModels/google/x:generateContent'
  expect(readGeminiPath(path)).toEqual({ kind: 'invalid', part: 'model' })
  expect(readGeminiPath('tunedModels/x:generateContent')).toMatchObject({ model: 'x' })
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

test.each([
  'models/a/b:generateContent',
  'models/..:generateContent',
  'models/%2e%2e%2ffiles%2fx:generateContent',
  'models/a%3Fkey=b:generateContent',
  `models/${'x'.repeat(200)}:generateContent`,
  'tunedModels/a%20b:generateContent',
])('the model of %j is invalid', (rest) => {
  expect(readGeminiPath(rest)).toEqual({ kind: 'invalid', part: 'model' })
})

test.each([
  'models/x:generateContent%3Fkey=y',
  'models/x:generateContent%0d%0aX-A',
  'models/x:generateContent%23',
  'models/x:generate/Content',
  'models/x:generateContent&key=y',
  'models/x:..',
  `models/x:${'y'.repeat(65)}`,
])('the method of %j is invalid', (rest) => {
  expect(readGeminiPath(rest)).toEqual({ kind: 'invalid', part: 'method' })
})

test.each([
  'key',
  'KEY',
  '$key',
  '%6bey',
  'access_token',
  'oauth_token',
  'bearer_token',
  'userProject',
  '$userProject',
  'userproject',
  'quotaUser',
  '$quotaUser',
  '$httpHeaders',
  '$httpMethod',
  '$req',
  'callback',
  'upload_protocol',
  'x',
])('%s does not pass to Google', (name) => {
  expect(queryForUpstream(new URLSearchParams(`${name}=secret&alt=sse`))).toBe('?alt=sse')
})

test('known names pass once, with plain values only', () => {
  const query = new URLSearchParams('alt=sse&alt=json&fields=a%0d%0ab&$prettyPrint=false')
  expect(queryForUpstream(query)).toBe('?alt=sse&%24prettyPrint=false')
})

test('credentials are removed from the query', () => {
  const query = new URLSearchParams('alt=sse&key=secret&access_token=t&pageSize=3')
  expect(queryForUpstream(query)).toBe('?alt=sse&pageSize=3')
  expect(queryForUpstream(new URLSearchParams('key=secret'))).toBe('')
  expect(queryForUpstream(undefined)).toBe('')
})
