import { expect, test } from 'vitest'
import { headersForClient, headersForUpstream } from './forwarded-headers.ts'

test('credentials, cookies, hop-by-hop and unknown headers of a client do not reach Google', () => {
  const headers = headersForUpstream(
    {
      authorization: 'Bearer t',
      'x-goog-api-key': 't',
      'x-goog-user-project': 'p',
      'x-api-key': 't',
      cookie: 'a=b',
      connection: 'x-secret',
      'x-secret': '1',
      host: 'gateway',
      'openai-organization': 'o',
      'x-forwarded-for': '10.0.0.1',
      'content-type': 'application/json',
      'user-agent': 'google-genai-sdk/3.1.0',
      'x-server-timeout': '30',
    },
    {},
  )
  expect(headers).toEqual({
    'content-type': 'application/json',
    'user-agent': 'google-genai-sdk/3.1.0',
    'x-server-timeout': '30',
  })
})

test('a header that could change a call in the name of Google does not reach it', () => {
  const headers = headersForUpstream(
    {
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'x'.repeat(1001),
      'accept-language': 'de\u0080',
      'x-goog-request-params': 'model=models/other',
      'x-server-timeout': '30, 40',
    },
    {},
  )
  expect(headers).toEqual({ 'content-type': 'application/json' })
})

test('custom headers override those of the client', () => {
  expect(headersForUpstream({ 'user-agent': 'a' }, { 'User-Agent': 'b', 'X-Extra': '1' })).toEqual({
    'user-agent': 'b',
    'x-extra': '1',
  })
})

test('clients get the headers of the answer, but no cookies and no hop-by-hop headers', () => {
  const headers = headersForClient({
    'content-type': 'text/event-stream',
    'x-gemini-service-tier': 'flex',
    'server-timing': 'gfet4t7; dur=8',
    'content-length': '12',
    'transfer-encoding': 'chunked',
    'set-cookie': ['a=b'],
    connection: 'keep-alive',
  })
  expect(headers).toEqual({
    'content-type': 'text/event-stream',
    'x-gemini-service-tier': 'flex',
    'server-timing': 'gfet4t7; dur=8',
    'content-length': '12',
  })
})
