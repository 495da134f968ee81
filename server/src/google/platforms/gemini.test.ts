import { expect, test } from 'vitest'
import { gemini } from './gemini.ts'

test('the default address has an origin, a version and no prefix', () => {
  expect(gemini.address({ baseUrl: 'https://generativelanguage.googleapis.com/v1beta' })).toEqual({
    origin: 'https://generativelanguage.googleapis.com',
    prefix: '',
    version: 'v1beta',
  })
})

test('a prefix before the version is kept', () => {
  expect(gemini.address({ baseUrl: 'http://127.0.0.1:9000/mirror/google/v1/' })).toEqual({
    origin: 'http://127.0.0.1:9000',
    prefix: '/mirror/google',
    version: 'v1',
  })
})

test('the default version is v1beta', () => {
  expect(gemini.address({ baseUrl: 'https://proxy.example/gemini' })).toEqual({
    origin: 'https://proxy.example',
    prefix: '/gemini',
    version: 'v1beta',
  })
})
