import { expect, test } from 'vitest'
import { networkOf } from './network-of.ts'

test('an IPv4 address counts by itself, also where it is written as IPv6', () => {
  expect(networkOf('10.0.0.1')).toBe('10.0.0.1')
  expect(networkOf('::ffff:10.0.0.1')).toBe('10.0.0.1')
})

test('IPv6 addresses of one /64 network count as one, in any spelling', () => {
  const written = ['2001:db8::1', '2001:0DB8:0:0:1:2:3:4', '2001:db8:0:0::ffff']
  expect(new Set(written.map(networkOf)).size).toBe(1)
  expect(networkOf('2001:db8:0:1::1')).not.toBe(networkOf('2001:db8::1'))
})
