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

/** Dependencies for which this machine is public, under the name `public.example`. */
function fetchDeps(more: Partial<PublicFetchDeps> = {}): PublicFetchDeps {
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
  test('is fetched with its type from the checked address', async () => {
    const port = await serve((request, response) => {
      response.setHeader('content-type', 'image/png; charset=x')
      response.end(request.headers.host === `public.example:${port}` ? png : '')
    })
    const fetched = await createPublicFetch(fetchDeps())(`http://public.example:${port}/a`, signal)
    expect(fetched).toEqual({ mimeType: 'image/png', data: png.toString('base64') })
  })

  test('has its host resolved once, so that a second DNS answer has no effect', async () => {
    const port = await serve((_request, response) => response.end(png))
    let lookups = 0
    const resolve = async () => [
      { address: (lookups += 1) === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 },
    ]
    const fetched = await createPublicFetch(fetchDeps({ resolve }))(
      `http://x.example:${port}/`,
      signal,
    )
    expect(fetched).toMatchObject({ mimeType: 'image/png' })
    expect(lookups).toBe(1)
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
    expect(await createPublicFetch(fetchDeps())(url, signal)).toHaveProperty('failure')
  })

  test.each([
    'http://127.0.0.1/',
    'http://localhost/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://169.254.169.254/',
  ])('is by default not fetched from this machine or its network: %s', async (url) => {
    const fetched = await createPublicFetch(publicFetchDefaults)(url, signal)
    expect(fetched).toEqual({ failure: 'The address is not public.' })
  })

  test('is not fetched when one of its addresses is private', async () => {
    const resolve = async () => ['127.0.0.1', '10.0.0.1'].map((address) => ({ address, family: 4 }))
    expect(await createPublicFetch(fetchDeps({ resolve }))('http://x.example/', signal)).toEqual({
      failure: 'The address is not public.',
    })
  })

  test('is redirected to public addresses only', async () => {
    let location = ''
    const port = await serve((request, response) => {
      if (request.url === '/image') response.end(png)
      else response.writeHead(302, { location }).end()
    })
    const fetchMedia = createPublicFetch(fetchDeps())
    const url = `http://public.example:${port}/`
    location = '/image'
    expect(await fetchMedia(url, signal)).toMatchObject({ mimeType: 'image/png' })
    location = `http://private.example:${port}/image`
    expect(await fetchMedia(url, signal)).toEqual({ failure: 'The address is not public.' })
    location = url
    expect(await fetchMedia(url, signal)).toEqual({ failure: 'The address redirects too often.' })
  })

  test('is not accepted when it is too large, of another type or missing', async () => {
    const port = await serve((request, response) => {
      if (request.url === '/large') response.end(Buffer.alloc(2000))
      else if (request.url === '/type') {
        response.setHeader('content-type', 'application/zip')
        response.end('PK')
      } else response.writeHead(404).end()
    })
    const fetchMedia = createPublicFetch(fetchDeps())
    for (const [path, failure] of [
      ['large', 'The file is larger than 0 MiB.'],
      ['type', 'Google does not accept this type of file.'],
      ['none', 'The server answered 404.'],
    ]) {
      expect(await fetchMedia(`http://public.example:${port}/${path}`, signal)).toEqual({ failure })
    }
  })

  test('fails when the download takes too long', async () => {
    const port = await serve(() => {})
    const limits = { bytes: 1000, timeoutMs: 50, redirects: 0 }
    const fetched = await createPublicFetch(fetchDeps({ limits }))(
      `http://public.example:${port}/`,
      signal,
    )
    expect(fetched).toEqual({ failure: 'The download took too long.' })
    for (const server of servers) server.closeAllConnections()
  })
})
