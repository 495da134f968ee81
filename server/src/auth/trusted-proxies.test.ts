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
    proxies.arrival(from(peer, forwarded(list))).address

  test.each([
    ['a stranger says nothing that is believed', '203.0.113.5', '1.2.3.4', '203.0.113.5'],
    ['a trusted proxy is believed', '10.0.0.1', '1.2.3.4', '1.2.3.4'],
    ['so is one on this machine', '::1', '1.2.3.4', '1.2.3.4'],
    ['and one whose IPv4 is written as IPv6', '::ffff:10.0.0.1', '1.2.3.4', '1.2.3.4'],
    ['what the client wrote itself stands left of it', '10.0.0.1', '6.6.6.6, 1.2.3.4', '1.2.3.4'],
    ['proxies in a row are passed', '10.0.0.1', '6.6.6.6, 1.2.3.4, 10.0.0.2', '1.2.3.4'],
    ['what is no address ends the reading', '10.0.0.1', '6.6.6.6, evil, 10.0.0.2', '10.0.0.2'],
    ['ports are no part of it', '10.0.0.1', '1.2.3.4:5678', '1.2.3.4'],
    ['nor are brackets', '10.0.0.1', '[2001:DB8::1]:443', '2001:db8::1'],
    ['nothing forwarded is the proxy itself', '10.0.0.1', '', '10.0.0.1'],
    ['only proxies are the first of them', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
  ])('%s', (_, peer, list, address) => {
    expect(addressOf(peer, list)).toBe(address)
  })

  test('is not known of a connection without one', () => {
    const arrival = proxies.arrival({ headers: forwarded('1.2.3.4'), socket: {} })
    expect(arrival.address).toBe('unknown')
  })
})

describe('TLS and host', () => {
  const proxies = createTrustedProxies(['10.0.0.1'])
  const said = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'me.example' }

  test('are what a trusted proxy says', () => {
    expect(proxies.arrival(from('10.0.0.1', said))).toMatchObject({
      isSecure: true,
      host: 'me.example',
    })
  })

  test('are not what others say', () => {
    expect(proxies.arrival(from('10.0.0.2', said))).toMatchObject({
      isSecure: false,
      host: 'gateway:8000',
    })
  })

  test('are those of the connection where nothing is said', () => {
    const request = { headers: {}, socket: { remoteAddress: '10.0.0.2', encrypted: true } }
    expect(proxies.arrival(request)).toMatchObject({ isSecure: true, host: undefined })
  })
})
