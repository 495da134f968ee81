import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { healthyProjects, useGateway } from './support/gateway.ts'

const gateway = useGateway({ fake: { projects: healthyProjects(1) } })

async function open(text: string) {
  const { hostname, port } = new URL(gateway.url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  socket.write(text)
  return socket
}

test('a client that aborts its login costs one line of the log, without a stack', async () => {
  const socket = await open(
    'POST /api/session HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 100\r\n\r\n{"token":',
  )
  // The gateway reads the body from here on.
  await once(socket, 'data')
  const before = gateway.logged.length
  socket.resetAndDestroy()
  await expect.poll(() => gateway.logged.slice(before)).toHaveLength(1)
  expect(gateway.logged.at(-1)).toContain('disconnected')
  expect(gateway.logged.at(-1)).not.toContain('stack')
})
