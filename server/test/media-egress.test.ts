import { createServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { createPublicFetch, publicFetchDefaults } from '../src/dialects/media/public-fetch.ts'
import { startMediaServer, type MediaServer } from '../src/dialects/testing/media-server.ts'
import { readProxyAddress } from '../src/gateway/egress/proxy-address.ts'
import { callAdmin } from './support/admin.ts'
import {
  call,
  generate,
  healthyProjects,
  startGateway,
  type TestGateway,
} from './support/gateway.ts'
import { startHttpProxy, startSocksProxy, type TestProxy } from './support/proxies.ts'

const closing: { close(): Promise<unknown> }[] = []
afterEach(async () => {
  for (const one of closing.splice(0).toReversed()) await one.close()
})
function keep<T extends { close(): Promise<unknown> }>(one: T): T {
  closing.push(one)
  return one
}

/** A public address; nothing is sent there, because the proxy leads elsewhere. */
const publicAddress = '93.184.216.34'
const start = { http: startHttpProxy, socks5: startSocksProxy }
const room = {
  signal: new AbortController().signal,
  expect: () => {},
  take: () => undefined,
}

describe.each(['http', 'socks5'] as const)('through a proxy of the kind %s', (kind) => {
  const open = async (leadsTo: string) => {
    const proxy = keep(await start[kind]({ leadsTo }))
    const resolve = async () => [
      { address: '2606:2800:220:1::1', family: 6 },
      { address: publicAddress, family: 4 },
    ]
    const chosen = { address: readProxyAddress(proxy.url) }
    const fetchMedia = createPublicFetch({ ...publicFetchDefaults, resolve, proxy: () => chosen })
    return { proxy, fetchMedia }
  }

  test('a file leaves by its checked address, never by its name', async () => {
    const media = keep(await startMediaServer())
    const { proxy, fetchMedia } = await open(media.url)
    expect(await fetchMedia('http://media.example:8080/png', room)).toMatchObject({
      mimeType: 'image/png',
    })
    expect(proxy.asked).toEqual([`${publicAddress}:8080`])
  })

  test('a file by https is still asked for with its name, which the certificate is checked for', async () => {
    // What a TLS server reads first: the name is not encrypted in it.
    const hellos: Buffer[] = []
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', (hello) => {
        hellos.push(hello)
        socket.destroy()
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    keep({ close: async () => server.close() })
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    const { proxy, fetchMedia } = await open(`http://127.0.0.1:${port}`)
    await expect(fetchMedia('https://media.example/png', room)).rejects.toThrow(
      'The download failed.',
    )
    expect(proxy.asked).toEqual([`${publicAddress}:443`])
    expect(hellos.map((hello) => hello.includes('media.example'))).toEqual([true])
  })

  test('a file is not fetched when the proxy fails', async () => {
    const media = keep(await startMediaServer())
    const { proxy, fetchMedia } = await open(media.url)
    proxy.fail()
    await expect(fetchMedia('http://media.example/png', room)).rejects.toThrow(
      'The download failed.',
    )
    expect(media.asked).toEqual([])
  })
})

describe('a gateway with proxies', () => {
  let gateway: TestGateway
  let media: MediaServer
  let proxy: TestProxy

  async function open(isReachable = true): Promise<void> {
    media = keep(await startMediaServer())
    gateway = keep(await startGateway({ fake: { projects: healthyProjects(3) } }))
    const mediaUrl = isReachable ? media.url : undefined
    proxy = keep(
      await startHttpProxy({
        leadsTo: (authority) =>
          authority.startsWith('gemini.invalid') ? gateway.fake.url : mediaUrl,
      }),
    )
    const body = { PROXIES: [proxy.url], BASE_URL: 'http://gemini.invalid/v1beta' }
    await callAdmin(gateway, '/api/config', { method: 'PUT', body })
  }

  const chat = (url: string) =>
    call(gateway, '/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'gemini-3.8-flash',
        messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
      }),
    })

  test('fetches files through them', async () => {
    await open()
    expect(await chat(`http://${publicAddress}/png`)).toMatchObject({ status: 200 })
    expect(proxy.asked).toEqual([`${publicAddress}:80`, 'gemini.invalid:80'])
    expect(media.asked).toEqual(['/png'])
  })

  test('asks them for no private address, literal or resolved', async () => {
    await open()
    for (const host of [
      '127.0.0.1',
      '10.0.0.1',
      '169.254.169.254',
      '[::1]',
      '[fd00::1]',
      '2130706433',
      'localhost',
      'gemini.invalid',
    ]) {
      const { status, text } = await chat(`http://${host}/png`)
      expect(status).toBe(400)
      expect(JSON.parse(text)).toMatchObject({
        error: { param: 'messages[0].content[0].image_url.url' },
      })
    }
    expect(proxy.asked).toEqual([])
  })

  test('keeps them, whatever addresses clients name', async () => {
    await open(false)
    for (let time = 0; time < 4; time += 1) {
      expect(await chat(`http://${publicAddress}/png`)).toMatchObject({ status: 400 })
    }
    const { answer } = await callAdmin(gateway, '/api/proxies')
    expect(answer).toMatchObject({ rows: [{ state: 'up' }] })
    expect(await generate(gateway, 'hello')).toMatchObject({ status: 200 })
  })
})
