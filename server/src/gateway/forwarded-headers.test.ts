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

test('clients get only the listed headers of an answer: no cookies, policies, routes or lengths', () => {
  const listed = {
    'content-type': 'text/event-stream',
    'content-disposition': 'attachment',
    'x-gemini-service-tier': 'flex',
    'server-timing': 'gfet4t7; dur=8',
    vary: 'Origin, X-Origin',
    'retry-after': '3',
  }
  const headers = headersForClient({
    ...listed,
    'content-length': '12',
    'transfer-encoding': 'chunked',
    connection: 'keep-alive',
    'set-cookie': ['a=b'],
    'access-control-allow-origin': 'https://elsewhere',
    'access-control-allow-credentials': 'true',
    'content-security-policy': "default-src 'none'",
    'strict-transport-security': 'max-age=1',
    'clear-site-data': '"*"',
    'x-frame-options': 'SAMEORIGIN',
    'alt-svc': 'h3=":443"',
    location: 'https://elsewhere',
    refresh: '0; url=https://elsewhere',
    server: 'ESF',
    'www-authenticate': 'Bearer',
    'x-unknown': '1',
  })
  expect(headers).toEqual(listed)
})

test('a header that cannot be sent costs that header only', () => {
  const headers = headersForClient({
    etag: 'one\u2026',
    date: 'today',
    'x-goog-request-id': 'a\nb',
  })
  expect(headers).toEqual({ date: 'today' })
})
