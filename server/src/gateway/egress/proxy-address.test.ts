import { proxyAddress } from '@gemini-balance/contract'
import { expect, test } from 'vitest'
import { proxyOfEnvironment } from './environment-proxy.ts'
import { readProxyAddress } from './proxy-address.ts'

test.each([
  ['http://proxy.example', { kind: 'http', host: 'proxy.example', port: 80, user: '' }],
  ['HTTPS://proxy.example:8443/', { kind: 'https', host: 'proxy.example', port: 8443 }],
  ['socks5://10.0.0.1', { kind: 'socks5', host: '10.0.0.1', port: 1080, name: '10.0.0.1:1080' }],
  ['socks5h://[2001:db8::1]:9', { kind: 'socks5', host: '2001:db8::1', name: '[2001:db8::1]:9' }],
  ['http://me:p%40ss%3A@h:1', { user: 'me', password: 'p@ss:', name: 'h:1' }],
  ['http://me:50%@h:1', { user: 'me', password: '50%' }],
])('%s is parsed', (setting, expected) => {
  expect(proxyAddress.safeParse(setting).success).toBe(true)
  expect(readProxyAddress(setting)).toMatchObject(expected)
})

test.each([
  'proxy.example:8080',
  'ftp://proxy.example',
  'http://',
  'http://a b',
  'http://h/path',
  'http://h:99999',
  'socks4://h',
])('%s is not a proxy', (setting) => {
  expect(proxyAddress.safeParse(setting).success).toBe(false)
})

test.each([
  ['https://google.example/v1', [], true],
  ['http://google.example/v1', [], false],
  ['https://google.example', ['*'], false],
  ['https://api.google.example', ['google.example'], false],
  ['https://api.google.example', ['.google.example', 'x'], false],
  ['https://notgoogle.example', ['google.example'], true],
  ['https://google.example:8443', ['google.example:443'], true],
  ['https://GOOGLE.example', ['Google.Example:443'], false],
  ['https://google.example', [''], true],
])('for %s with NO_PROXY %j the environment proxy is used: %s', (address, noProxy, isUsed) => {
  const proxy = 'http://proxy.example:3128'
  expect(proxyOfEnvironment(address, { httpsProxy: proxy, noProxy })).toBe(
    isUsed ? proxy : undefined,
  )
})

test('without HTTPS_PROXY there is no environment proxy', () => {
  expect(
    proxyOfEnvironment('https://google.example', { httpsProxy: '', noProxy: [] }),
  ).toBeUndefined()
})
