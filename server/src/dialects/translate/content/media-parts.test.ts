import { describe, expect, test } from 'vitest'
import { ClientError } from '../../client-error.ts'
import { FailureError } from '../../failures.ts'
import { MediaError } from '../../media/media-error.ts'
import type { Fetched } from '../../media/remote-media.ts'
import { mediaPart, type MediaSource } from './media-parts.ts'
import { isRemote } from './media-place.ts'

const url = 'https://a.example/dir/x.png?size=1'
const source = (more: Partial<MediaSource>): MediaSource => ({
  kind: 'image',
  content: 'QUJD',
  at: 'image_url.url',
  ...more,
})
const read = (more: Partial<MediaSource>, fetched?: Fetched) =>
  mediaPart(
    source(more),
    fetched === undefined ? new Map() : new Map([[url, fetched]]),
    'messages[0].content[1]',
  )
const inline = (mimeType: string, data = 'QUJD') => ({ inlineData: { mimeType, data } })
const refusedAt = (param: string) => expect.objectContaining({ param })
const param = 'messages[0].content[1].image_url.url'

describe('content in a data URL', () => {
  test.each([
    ['data:image/jpg;base64,QUJD', 'image/jpeg'],
    ['DATA:image/png;BASE64,QUJD', 'image/png'],
    ['data:application/pdf;name=a.pdf;base64,QUJD', 'application/pdf'],
    ['data:text/plain;charset=utf-8;base64,QUJD', 'text/plain'],
    ['data:audio/webm;codecs=opus;base64,QUJD', 'audio/webm'],
    ['data:audio/pcm;rate=16000;base64,QUJD', 'audio/pcm;rate=16000'],
    ['  data:image/png;base64,QU\nJD\r\n', 'image/png'],
  ])('has its type without parameters: %j', (content, type) => {
    expect(read({ content })).toEqual(inline(type))
  })

  test('without a type is told by its bytes', () => {
    const data = Buffer.from('GIF89a').toString('base64')
    for (const type of ['', 'application/octet-stream', 'image/*']) {
      expect(read({ content: `data:${type};base64,${data}` })).toEqual(inline('image/gif', data))
    }
  })

  test.each([
    'data:image/png,abc',
    'data:image/png;base64',
    'data:image/png;base64,',
    'data:image/png;base64,&&&&',
    'data:image/png;base64,QUJDR',
    'data:application/zip;base64,QUJD',
    'data:;base64,QUJD',
    'data:',
  ])('that cannot be used is refused with its field: %s', (content) => {
    expect(() => read({ content })).toThrow(ClientError)
    expect(() => read({ content })).toThrow(refusedAt(param))
  })
})

describe('content in base64', () => {
  test('has the type that the client gives, or of its name, or of its bytes', () => {
    const pdf = Buffer.from('%PDF-1.7').toString('base64')
    expect(read({ mimeType: 'image/webp' })).toEqual(inline('image/webp'))
    expect(read({ kind: 'file', filename: 'a.csv' })).toEqual(inline('text/csv'))
    expect(read({ kind: 'file', content: pdf })).toEqual(inline('application/pdf', pdf))
    const urlSafe = Buffer.from('\x89PNG\xff\xef', 'latin1').toString('base64url')
    expect(read({ content: urlSafe })).toEqual(inline('image/png', urlSafe))
  })

  test('of audio names its format, or is told by its bytes', () => {
    const audio = { kind: 'audio', at: 'input_audio.data', formatAt: 'input_audio.format' } as const
    const wav = Buffer.from('RIFF1234WAVE').toString('base64')
    expect(read({ ...audio, format: 'm4a' })).toEqual(inline('audio/mp4'))
    expect(read({ ...audio, format: 'audio/mp3' })).toEqual(inline('audio/mpeg'))
    expect(read({ ...audio, content: wav })).toEqual(inline('audio/wav', wav))
    for (const format of ['midi', undefined]) {
      expect(() => read({ ...audio, format })).toThrow(
        refusedAt('messages[0].content[1].input_audio.format'),
      )
    }
  })

  test('of which nothing tells the type is refused', () => {
    expect(() => read({})).toThrow(refusedAt(param))
    expect(() => read({ kind: 'file', filename: 'a.docx' })).toThrow(refusedAt(param))
  })
})

describe('a file that Google has', () => {
  const fileUri = 'https://generativelanguage.googleapis.com/v1beta/files/abc-1'

  test.each([fileUri, 'files/abc-1', ' files/abc-1\n'])('is passed on: %j', (content) => {
    expect(isRemote(content)).toBe(false)
    expect(read({ content })).toEqual({ fileData: { fileUri } })
  })

  test('keeps the type that the client gives', () => {
    expect(read({ content: fileUri, mimeType: 'application/pdf' })).toEqual({
      fileData: { fileUri, mimeType: 'application/pdf' },
    })
    expect(read({ content: fileUri, mimeType: 'video/*' })).toEqual({ fileData: { fileUri } })
  })

  test.each([
    'https://www.youtube.com/watch?v=dQw4w9WgXcQ',
    'http://youtube.com/watch?t=9&v=dQw4w9WgXcQ&list=x',
    'https://m.youtube.com/watch?v=dQw4w9WgXcQ',
    'https://youtu.be/dQw4w9WgXcQ?si=x',
    'https://www.youtube.com/shorts/dQw4w9WgXcQ',
    'https://www.youtube.com/embed/dQw4w9WgXcQ',
    'HTTPS://WWW.YOUTUBE.COM/live/dQw4w9WgXcQ',
  ])('is also a video of YouTube, which nobody fetches here: %s', (content) => {
    expect(isRemote(content)).toBe(false)
    expect(read({ content })).toEqual({
      fileData: { fileUri: 'https://www.youtube.com/watch?v=dQw4w9WgXcQ' },
    })
  })

  test.each([
    'https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ',
    'https://evil.example/youtu.be/dQw4w9WgXcQ',
    'https://generativelanguage.googleapis.com.evil.example/v1beta/files/a',
    'https://www.youtube.com/@channel',
    'https://a.example/files/abc',
  ])('is nothing else: %s', (content) => {
    expect(isRemote(content)).toBe(true)
    expect(() => read({ content })).toThrow(refusedAt(param))
  })
})

describe('content at an address', () => {
  test('has the type of its server, of its name, or of its bytes', () => {
    const gif = Buffer.from('GIF89a').toString('base64')
    const content = url
    expect(read({ content }, { mimeType: 'image/webp; x=y', data: 'QUJD' })).toEqual(
      inline('image/webp'),
    )
    expect(read({ content }, { mimeType: 'binary/octet-stream', data: 'QUJD' })).toEqual(
      inline('image/png'),
    )
    expect(read({ content, filename: 'x' }, { mimeType: undefined, data: gif })).toEqual(
      inline('image/gif', gif),
    )
  })

  test('that is a web page is no picture, but a file', () => {
    const page = { mimeType: 'text/html; charset=utf-8', data: 'QUJD' }
    expect(() => read({ content: url }, page)).toThrow(refusedAt(param))
    expect(read({ kind: 'file', content: url }, page)).toEqual(inline('text/html'))
  })

  test('that could not be fetched is refused with its field and the reason', () => {
    const failure = new MediaError('The server answered 404.')
    expect(() => read({ content: url }, { failure })).toThrow(refusedAt(param))
    expect(() => read({ content: url }, { failure })).toThrow(/The server answered 404\./)
  })

  test('for which there was no room may be tried again', () => {
    const failure = new MediaError('Full.', { isBusy: true })
    expect(() => read({ content: url }, { failure })).toThrow(FailureError)
    expect(() => read({ content: url }, { failure })).toThrow(
      expect.objectContaining({
        failure: expect.objectContaining({ status: 503, code: 'media_busy', param }),
      }),
    )
  })

  test.each(['file:///etc/passwd', 'ftp://a.example/x', 'gs://bucket/x', 'x', ' ', 'http:x'])(
    'of another kind is refused: %j',
    (content) => {
      expect(isRemote(content)).toBe(false)
      expect(() => read({ content })).toThrow(refusedAt(param))
    },
  )
})
