import { expect, test } from 'vitest'
import { chooseHost, isInContainer, isLoopback } from './choose-host.ts'

const plain = { host: '', isInContainer: false, hasToken: false }

test('without HOST, token and container only this machine can connect', () => {
  const { host, reason } = chooseHost(plain)
  expect(host).toBe('127.0.0.1')
  expect(reason).toContain('HOST=0.0.0.0')
})

test('a container or a chosen token opens all addresses', () => {
  expect(chooseHost({ ...plain, isInContainer: true }).host).toBe('0.0.0.0')
  expect(chooseHost({ ...plain, hasToken: true }).host).toBe('0.0.0.0')
})

test('HOST decides where it is set', () => {
  const set = { isInContainer: true, hasToken: true }
  expect(chooseHost({ ...set, host: '127.0.0.1' }).host).toBe('127.0.0.1')
  expect(chooseHost({ ...plain, host: '10.0.0.5' }).host).toBe('10.0.0.5')
})

test('variables of Kubernetes and systemd show a container', () => {
  expect(isInContainer({ KUBERNETES_SERVICE_HOST: '10.0.0.1' })).toBe(true)
  expect(isInContainer({ container: 'podman' })).toBe(true)
})

test('loopback addresses are those that only this machine reaches', () => {
  expect(['127.0.0.1', '127.8.0.1', '::1', 'localhost'].every(isLoopback)).toBe(true)
  expect(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example'].some(isLoopback)).toBe(false)
})
