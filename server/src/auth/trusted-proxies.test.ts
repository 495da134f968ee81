import { describe, expect, test } from 'vitest'
import { createTrustedProxies } from './trusted-proxies.ts'

const from = (remoteAddress: string, headers: Record<string, string> = {}) => ({
  headers: { host: 'gateway:8000', ...headers },
  socket: { remoteAddress },
})
const forwarded = (list: string) => ({ 'x-forwarded-for': list })

describe('the address of a client', () => {
  const proxies = createTrustedProxies(['10.0.0.0/8', '127.0.0.1', '::1', 'fd00::/8'])
  const addressOf = (peer: string, list: string) =>
    proxies.originOf(from(peer, forwarded(list))).address

  test.each([
    ['headers of an untrusted peer are ignored', '203.0.113.5', '1.2.3.4', '203.0.113.5'],
    ['a trusted proxy is believed', '10.0.0.1', '1.2.3.4', '1.2.3.4'],
    ['a trusted proxy on this machine is believed', '::1', '1.2.3.4', '1.2.3.4'],
    ['a trusted IPv4 written as IPv6 is believed', '::ffff:10.0.0.1', '1.2.3.4', '1.2.3.4'],
    ['addresses that the client forged are ignored', '10.0.0.1', '6.6.6.6, 1.2.3.4', '1.2.3.4'],
    ['trusted proxies in a chain are skipped', '10.0.0.1', '6.6.6.6, 1.2.3.4, 10.0.0.2', '1.2.3.4'],
    ['a malformed address ends the chain', '10.0.0.1', '6.6.6.6, evil, 10.0.0.2', '10.0.0.2'],
    ['a port is removed', '10.0.0.1', '1.2.3.4:5678', '1.2.3.4'],
    ['brackets are removed', '10.0.0.1', '[2001:DB8::1]:443', '2001:db8::1'],
    ['without the header the address is the proxy', '10.0.0.1', '', '10.0.0.1'],
    ['a chain of proxies only is its first', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
  ])('%s', (_, peer, list, address) => {
    expect(addressOf(peer, list)).toBe(address)
  })

  test('is unknown where the connection has none', () => {
    const origin = proxies.originOf({ headers: forwarded('1.2.3.4'), socket: {} })
    expect(origin.address).toBe('unknown')
  })
})

describe('TLS and host', () => {
  const proxies = createTrustedProxies(['10.0.0.1'])
  const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'me.example' }

  test('come from the headers of a trusted proxy', () => {
    expect(proxies.originOf(from('10.0.0.1', headers))).toMatchObject({
      isSecure: true,
      host: 'me.example',
    })
  })

  test('do not come from the headers of others', () => {
    expect(proxies.originOf(from('10.0.0.2', headers))).toMatchObject({
      isSecure: false,
      host: 'gateway:8000',
    })
  })

  test('come from the connection where no header gives them', () => {
    const request = { headers: {}, socket: { remoteAddress: '10.0.0.2', encrypted: true } }
    expect(proxies.originOf(request)).toMatchObject({ isSecure: true, host: undefined })
  })
})
