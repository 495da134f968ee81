import { createServer, type RequestListener, type Server } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { MediaError } from './media-error.ts'
import {
  createPublicFetch,
  publicFetchDefaults,
  type FetchBudget,
  type MediaFile,
  type PublicFetchDeps,
} from './public-fetch.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const png = Buffer.from('\x89PNG\r\n', 'latin1')
const limit = 1000
const tooLarge = 'There is no room.'

/** Dependencies for which this machine is public, under the name `public.example`. */
function fetchDeps(more: Partial<PublicFetchDeps> = {}): PublicFetchDeps {
  const hosts: Record<string, string> = {
    'public.example': '127.0.0.1',
    'private.example': '10.0.0.1',
  }
  return {
    ...publicFetchDefaults,
    resolve: async (host) => [{ address: hosts[host] ?? '192.168.0.1', family: 4 }],
    isAllowed: (address) => address === '127.0.0.1',
    ...more,
  }
}

/** Room for some bytes, which remembers what was taken. */
function openRoom(signal = new AbortController().signal) {
  let taken = 0
  const room: FetchBudget = {
    signal,
    expect(bytes) {
      if (taken + bytes > limit) throw new MediaError(tooLarge)
    },
    take(bytes) {
      room.expect(bytes)
      taken += bytes
      return undefined
    },
  }
  return { room, taken: () => taken }
}

/** The file, or why there is none. */
const fetchFile = (url: string, deps = fetchDeps(), { room } = openRoom()) =>
  createPublicFetch(deps)(url, room).catch((error: unknown): MediaFile | { failure: string } => {
    if (error instanceof MediaError) return { failure: error.message }
    throw error
  })

describe('a file that a client names', () => {
  test('is fetched from the checked address, with the type that its server declares', async () => {
    const port = await serve((request, response) => {
      response.setHeader('content-type', 'image/png; charset=x')
      response.end(request.headers.host === `public.example:${port}` ? png : '')
    })
    const opened = openRoom()
    const url = `http://public.example:${port}/a`
    expect(await fetchFile(url, fetchDeps(), opened)).toEqual({
      mimeType: 'image/png; charset=x',
      data: png.toString('base64'),
    })
    expect(opened.taken()).toBe(png.length)
  })

  test('has its host resolved once, so that a second DNS answer has no effect', async () => {
    const port = await serve((_request, response) => response.end(png))
    let lookups = 0
    const resolve = async () => [
      { address: (lookups += 1) === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 },
    ]
    expect(await fetchFile(`http://x.example:${port}/`, fetchDeps({ resolve }))).toHaveProperty(
      'data',
    )
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
    expect(await fetchFile(url)).toHaveProperty('failure')
  })

  test.each([
    'http://127.0.0.1/',
    'http://localhost/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://169.254.169.254/',
    'http://[::ffff:127.0.0.1]/',
  ])('is by default not fetched from this machine or its network: %s', async (url) => {
    expect(await fetchFile(url, publicFetchDefaults)).toEqual({
      failure: 'The host has no public address.',
    })
  })

  test('is not fetched when one of its addresses is private, or when it has none', async () => {
    const failure = 'The host has no public address.'
    const resolve = async () => ['127.0.0.1', '10.0.0.1'].map((address) => ({ address, family: 4 }))
    expect(await fetchFile('http://x.example/', fetchDeps({ resolve }))).toEqual({ failure })
    const none = fetchDeps({ resolve: async () => [] })
    expect(await fetchFile('http://x.example/', none)).toEqual({ failure })
  })

  test('is redirected to public addresses only', async () => {
    let location = ''
    const port = await serve((request, response) => {
      if (request.url === '/image') response.end(png)
      else response.writeHead(302, { location }).end()
    })
    const url = `http://public.example:${port}/`
    location = '/image'
    expect(await fetchFile(url)).toHaveProperty('data')
    for (const [to, failure] of [
      [`http://private.example:${port}/image`, 'The host has no public address.'],
      ['file:///etc/passwd', 'The address is neither http nor https.'],
      ['http://[', 'The address redirects to no URL.'],
      [url, 'The address redirects too often.'],
    ] as const) {
      location = to
      expect(await fetchFile(url)).toEqual({ failure })
    }
  })

  test('is not accepted when it is too large, compressed, of another type or missing', async () => {
    const port = await serve((request, response) => {
      if (request.url === '/announced') response.end(Buffer.alloc(limit + 1))
      else if (request.url === '/large') {
        response.write(Buffer.alloc(limit))
        response.end(Buffer.alloc(1))
      } else if (request.url === '/compressed') {
        response.setHeader('content-encoding', 'gzip').end(png)
      } else if (request.url === '/type') {
        response.setHeader('content-type', 'application/zip').end('PK')
      } else response.writeHead(404).end()
    })
    for (const [path, failure] of [
      ['announced', tooLarge],
      ['large', tooLarge],
      ['compressed', 'The server sends the file compressed.'],
      ['type', 'Google does not take this type of file.'],
      ['none', 'The server answered 404.'],
    ] as const) {
      expect(await fetchFile(`http://public.example:${port}/${path}`)).toEqual({ failure })
    }
  })

  test('is read no further while it waits for room', async () => {
    const size = 16 * 1024 * 1024
    let sent = 0
    const port = await serve((_request, response) => {
      const send = () => {
        for (let more = true; more && sent < size;) {
          sent += 64 * 1024
          more = response.write(Buffer.alloc(64 * 1024))
        }
        if (sent >= size) response.end()
        else response.once('drain', send)
      }
      send()
    })
    const stop = new AbortController()
    let isAsked: () => void = () => {}
    const asked = new Promise<void>((resolve) => (isAsked = resolve))
    const room: FetchBudget = {
      signal: stop.signal,
      expect: () => {},
      take() {
        isAsked()
        return new Promise((_resolve, reject) => {
          stop.signal.addEventListener('abort', () => reject(new MediaError('Stopped.')))
        })
      },
    }
    const fetching = fetchFile(`http://public.example:${port}/`, fetchDeps(), {
      room,
      taken: () => 0,
    })
    await asked
    stop.abort()
    expect(await fetching).toEqual({ failure: 'Stopped.' })
    // The rest is in no buffer of this process: the sockets' own hold a few MiB at most.
    expect(sent).toBeLessThan(size)
  })

  test('is given up at once when it is no longer wanted', async () => {
    const stop = new AbortController()
    const reason = new MediaError('Too late.')
    const port = await serve(() => stop.abort(reason))
    const url = `http://public.example:${port}/`
    expect(await fetchFile(url, fetchDeps(), openRoom(stop.signal))).toEqual({
      failure: 'Too late.',
    })
    const resolve = () => Promise.reject(new Error('must not be asked'))
    expect(await fetchFile(url, fetchDeps({ resolve }), openRoom(stop.signal))).toEqual({
      failure: 'Too late.',
    })
  })
})
