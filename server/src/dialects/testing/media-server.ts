import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

export type MediaServer = {
  readonly url: string
  /** The paths that were asked for, in order. */
  readonly asked: readonly string[]
  /** The most answers that were open at a time. */
  readonly mostOpen: () => number
  close(): Promise<void>
}

const png = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
const pieceBytes = 64 * 1024

/**
 * Serves pictures on a local port: `/png` a small one, `/bytes/<n>` one of n bytes without saying so, `/page` HTML, `/hang` nothing.
 * `onPiece` is called before each piece.
 */
export async function startMediaServer(onPiece: () => void = () => {}): Promise<MediaServer> {
  const asked: string[] = []
  let open = 0
  let most = 0
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    open += 1
    most = Math.max(most, open)
    response.on('close', () => (open -= 1))
    answer(request, response, onPiece)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    mostOpen: () => most,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function answer(
  { url = '' }: IncomingMessage,
  response: ServerResponse,
  onPiece: () => void,
): void {
  const [, kind, count = ''] = new URL(url, 'http://localhost').pathname.split('/')
  switch (kind) {
    case 'png':
      return void response.setHeader('content-type', 'image/png').end(png)
    case 'page':
      return void response.setHeader('content-type', 'text/html').end('<p>')
    case 'hang':
      return
    case 'bytes':
      return send(response, Number.parseInt(count, 10), onPiece)
    default:
      return void response.writeHead(404).end()
  }
}

function send(response: ServerResponse, left: number, onPiece: () => void): void {
  response.setHeader('content-type', 'image/png')
  let unsent = left
  const more = (): void => {
    while (unsent > 0) {
      onPiece()
      const size = Math.min(unsent, pieceBytes)
      unsent -= size
      if (!response.write(Buffer.alloc(size, 'x'))) return void response.once('drain', more)
    }
    response.end()
  }
  more()
}
