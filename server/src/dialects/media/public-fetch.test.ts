import { createServer, type RequestListener, type Server } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { createPublicFetch, publicFetchDefaults, type PublicFetchDeps } from './public-fetch.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const signal = new AbortController().signal
const png = Buffer.from('\x89PNG\r\n', 'latin1')

/** A world in which this machine counts as public, under the name `public.example`. */
function world(more: Partial<PublicFetchDeps> = {}): PublicFetchDeps {
  const hosts: Record<string, string> = {
    'public.example': '127.0.0.1',
    'private.example': '10.0.0.1',
  }
  return {
    resolve: async (host) => [{ address: hosts[host] ?? '192.168.0.1', family: 4 }],
    isAllowed: (address) => address === '127.0.0.1',
    limits: { bytes: 1000, timeoutMs: 5000, redirects: 2 },
    ...more,
  }
}

describe('a file that a client names', () => {
  test('is fetched from the address that was checked, with its type', async () => {
    const port = await serve((request, response) => {
      response.setHeader('content-type', 'image/png; charset=x')
      response.end(request.headers.host === `public.example:${port}` ? png : '')
    })
    const fetched = await createPublicFetch(world())(`http://public.example:${port}/a`, signal)
    expect(fetched).toEqual({ mimeType: 'image/png', data: png.toString('base64') })
  })

  test('is asked of the DNS once: a second answer changes nothing', async () => {
    const port = await serve((_request, response) => response.end(png))
    let asked = 0
    const resolve = async () => [
      { address: (asked += 1) === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 },
    ]
    const fetched = await createPublicFetch(world({ resolve }))(`http://x.example:${port}/`, signal)
    expect(fetched).toMatchObject({ mimeType: 'image/png' })
    expect(asked).toBe(1)
  })

  test.each([
    'http://private.example/',
    'http://10.0.0.1/',
    'http://[::1]/',
    'http://[fd00::1]/',
    'file:///etc/passwd',
    'ftp://public.example/',
    'http://user:word@public.example/',
    'http://',
  ])('is not fetched from %s', async (url) => {
    expect(await createPublicFetch(world())(url, signal)).toHaveProperty('failure')
  })

  test.each([
    'http://127.0.0.1/',
    'http://localhost/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://169.254.169.254/',
  ])('is not fetched from this machine or its network by default: %s', async (url) => {
    const fetched = await createPublicFetch(publicFetchDefaults)(url, signal)
    expect(fetched).toEqual({ failure: 'Its address is not a public one.' })
  })

  test('is not fetched where one of its addresses is private', async () => {
    const resolve = async () => ['127.0.0.1', '10.0.0.1'].map((address) => ({ address, family: 4 }))
    expect(await createPublicFetch(world({ resolve }))('http://x.example/', signal)).toEqual({
      failure: 'Its address is not a public one.',
    })
  })

  test('is followed to another public place, and not to a private one', async () => {
    let location = ''
    const port = await serve((request, response) => {
      if (request.url === '/picture') response.end(png)
      else response.writeHead(302, { location }).end()
    })
    const fetchMedia = createPublicFetch(world())
    const url = `http://public.example:${port}/`
    location = '/picture'
    expect(await fetchMedia(url, signal)).toMatchObject({ mimeType: 'image/png' })
    location = `http://private.example:${port}/picture`
    expect(await fetchMedia(url, signal)).toEqual({ failure: 'Its address is not a public one.' })
    location = url
    expect(await fetchMedia(url, signal)).toEqual({ failure: 'It redirects too often.' })
  })

  test('is not taken when it is too large, of a foreign type, or not there', async () => {
    const port = await serve((request, response) => {
      if (request.url === '/large') response.end(Buffer.alloc(2000))
      else if (request.url === '/type') {
        response.setHeader('content-type', 'application/zip')
        response.end('PK')
      } else response.writeHead(404).end()
    })
    const fetchMedia = createPublicFetch(world())
    for (const [path, failure] of [
      ['large', 'It is larger than 0 MiB.'],
      ['type', 'It is of a type that Google does not read.'],
      ['none', 'Its server answered 404.'],
    ]) {
      expect(await fetchMedia(`http://public.example:${port}/${path}`, signal)).toEqual({ failure })
    }
  })

  test('is given up when it takes too long', async () => {
    const port = await serve(() => {})
    const limits = { bytes: 1000, timeoutMs: 50, redirects: 0 }
    const fetched = await createPublicFetch(world({ limits }))(
      `http://public.example:${port}/`,
      signal,
    )
    expect(fetched).toEqual({ failure: 'It took too long.' })
    for (const server of servers) server.closeAllConnections()
  })
})
