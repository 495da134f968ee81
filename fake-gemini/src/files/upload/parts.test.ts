import { describe, expect, test } from 'vitest'
import { boundaryIn, readParts } from './parts.ts'

async function* inPieces(body: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(body, 'latin1')
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

async function parts(body: string, size = body.length): Promise<[string | undefined, string][]> {
  const found: [string | undefined, string][] = []
  for await (const piece of readParts(inPieces(body, size), 'B')) {
    if (piece.kind === 'headers') found.push([piece.headers.get('content-type'), ''])
    else {
      const last = found.at(-1)
      if (last) last[1] += piece.bytes.toString('latin1')
    }
  }
  return found
}

describe('a multipart body', () => {
  const tricky = '\r\n--\r\r\n--b \r\n-\r\n--A--'
  const body = `preamble\r\n--B\r\nContent-Type:  text/x \r\nother: 1\r\n\r\n${tricky}\r\n--B\r\n\r\n\r\n--B\r\nCONTENT-TYPE: b\r\n\r\n\r\n\r\n--B--\r\nepilogue --B`

  test('has the same parts however it is cut into pieces', async () => {
    const expected = [
      ['text/x', tricky],
      [undefined, ''],
      ['b', '\r\n'],
    ]
    for (let size = 1; size <= body.length; size += 1) {
      expect(await parts(body, size)).toEqual(expected)
    }
  })

  test('may begin with its boundary', async () => {
    expect(await parts('--B\r\n\r\nx\r\n--B--')).toEqual([[undefined, 'x']])
  })

  test.each([
    '',
    'no boundary at all',
    '--B\r\n\r\nno end',
    '--B\r\nheaders: only\r\n',
    '--Bx\r\n\r\n\r\n--B--',
    '--B\r\n\r\nx\r\n--B-',
    `--B\r\n${'h'.repeat(20_000)}: 1\r\n\r\n\r\n--B--`,
  ])('is malformed without its boundaries or with endless headers: %#', async (broken) => {
    await expect(parts(broken, 100)).rejects.toThrow('Malformed multipart body.')
  })
})

test.each([
  ['multipart/related; boundary=abc', 'abc'],
  ['Multipart/Related; charset=utf-8; Boundary="a=b c"', 'a=b c'],
  ['multipart/related', undefined],
  ['multipart/related; boundary=', undefined],
  ['application/json; boundary=abc', undefined],
  ['', undefined],
])('the boundary of %s is %s', (type, boundary) => {
  expect(boundaryIn(type)).toBe(boundary)
})
