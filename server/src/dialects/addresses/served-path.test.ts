import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { servedPath } from './served-path.ts'

const anyClient = { hasCredential: false }
const client = { hasCredential: true }
const call = 'models/gemini-x:generateContent'

test.each([
  ['/v1beta/openai/chat/completions', '/openai/v1/chat/completions'],
  ['/v1beta/openai/embeddings', '/openai/v1/embeddings'],
  ['/v1beta/openai/models', '/openai/v1/models'],
  ['/v1beta/openai/models/gemini-x', '/openai/v1/models/gemini-x'],
  ['/v1beta/openai/images/generations', '/openai/v1/images/generations'],
  ['/v1beta/openai/v1/chat/completions', '/openai/v1/chat/completions'],
  ['/gemini/v1beta/openai/chat/completions', '/openai/v1/chat/completions'],
  ['/openai/chat/completions', '/openai/v1/chat/completions'],
  ['/openai/models', '/openai/v1/models'],
  ['/openai/v1/v1/embeddings', '/openai/v1/embeddings'],
  ['/v1/openai/chat/completions', '/openai/v1/chat/completions'],
  ['/v1beta/chat/completions', '/v1/chat/completions'],
  ['/v1beta/embeddings', '/v1/embeddings'],
  ['/chat/completions', '/v1/chat/completions'],
  ['/embeddings', '/v1/embeddings'],
  ['/v1/v1/chat/completions', '/v1/chat/completions'],
  ['/v1/v1/models', '/v1/models'],
  ['/v1beta/v1/chat/completions', '/v1/chat/completions'],
  ['/v1/chat/completions/chat/completions', '/v1/chat/completions'],
  ['/v1/chat/completions/models', '/v1/models'],
  ['/api/v1/chat/completions', '/v1/chat/completions'],
  ['/hf/chat/completions', '/hf/v1/chat/completions'],
  ['/hf/v1/v1/models', '/hf/v1/models'],
  [`/v1/v1beta/${call}`, `/v1beta/${call}`],
  ['/v1/v1beta/models', '/v1beta/models'],
  [`/v1beta/v1beta/${call}`, `/v1beta/${call}`],
  [`/v1beta/v1alpha/${call}`, `/v1alpha/${call}`],
  [`/${call}`, `/v1beta/${call}`],
  [`/gemini/${call}`, `/gemini/v1beta/${call}`],
  ['/gemini/models', '/gemini/v1beta/models'],
  ['/gemini/v1/v1beta/models', '/gemini/v1beta/models'],
  [`/gemini/v1beta/v1beta/${call}`, `/gemini/v1beta/${call}`],
  [`/v1beta/publishers/google/${call}`, `/v1beta/${call}`],
  ['/v1beta/gemini-x:generateContent', `/v1beta/${call}`],
  ['/v1beta/gemini-x%3AgenerateContent', '/v1beta/models/gemini-x%3AgenerateContent'],
  ['/v1/v1beta/tunedModels/x:generateContent', '/v1beta/tunedModels/x:generateContent'],
  ['//chat//completions/', '/v1/chat/completions'],
])('%s is %s', (typed, served) => {
  expect(servedPath(typed, anyClient)).toBe(served)
})

test('a list of models without a version needs a credential', () => {
  expect(servedPath('/models', client)).toBe('/v1/models')
  expect(servedPath('/models/gemini-x', client)).toBe('/v1/models/gemini-x')
  expect(servedPath('/models', anyClient)).toBeUndefined()
})

test.each([
  '/',
  '',
  '/keys',
  '/config',
  '/logs',
  '/api/keys',
  '/api/config/ui/models',
  '/api/models',
  '/auth',
  '/health',
  '/metrics',
  '/v1/keys/list',
  '/v1beta/batch-verify-stateless',
  '/gemini/v1beta/verify-key/x',
  '/v1/responses',
  '/v1/messages',
  '/v1beta/files',
  '/v1beta/models:generateContent',
  '/upload/v1beta/files',
  '/other/chat/completions',
  '/chat/completions/x',
  `${'/v1'.repeat(20)}/chat/completions`,
])('%s is nothing else', (path) => {
  expect(servedPath(path, client)).toBeUndefined()
})

const words =
  'v1 v1beta v1alpha gemini openai hf api google publishers chat completions models embeddings images generations tunedModels keys list gemini-x gemini-x:generateContent x%3acountTokens .. %2e%2e'
const word = fc.constantFrom('', ...words.split(' '))
const path = fc.array(word, { maxLength: 8 }).map((words) => `/${words.join('/')}`)

describe('for every path', () => {
  test('a served one is served as it is', () => {
    fc.assert(
      fc.property(path, fc.boolean(), (typed, hasCredential) => {
        const served = servedPath(typed, { hasCredential })
        if (served !== undefined) expect(servedPath(served, { hasCredential })).toBe(served)
      }),
      { numRuns: 5000 },
    )
  })

  test('nothing is decoded, and the resource is the end of what was typed', () => {
    fc.assert(
      fc.property(path, (typed) => {
        const served = servedPath(typed, client) ?? typed
        const last = typed.split('/').findLast((one) => one !== '') ?? ''
        expect(served.endsWith(last) || served === typed).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})
