import { describe, expect, test } from 'vitest'
import { ClientError } from '../../client-error.ts'
import { audioPart, filePart, isRemote, parseDataUrl, urlPart, videoPart } from './media-parts.ts'

const none = new Map()
const param = 'messages[0].content[0].image_url'

describe('a URL of a content part', () => {
  test('that is a data URL becomes inline data with a type that Google accepts', () => {
    expect(urlPart('data:image/jpg;base64,QUJD', none, param)).toEqual({
      part: { inlineData: { mimeType: 'image/jpeg', data: 'QUJD' } },
    })
  })

  test('keeps the type of other data URLs', () => {
    expect(parseDataUrl('data:application/pdf;name=a.pdf;base64,QUJD')).toEqual({
      mimeType: 'application/pdf',
      data: 'QUJD',
    })
  })

  test.each(['data:image/png,abc', 'data:image/png;base64', 'data:image/png;base64,&&&&'])(
    'that is an invalid data URL is refused: %s',
    (url) => {
      expect(() => urlPart(url, none, param)).toThrow(ClientError)
    },
  )

  test('that was fetched becomes inline data with the fetched type', () => {
    const media = new Map([['https://a.example/x', { mimeType: 'image/webp', data: 'QUJD' }]])
    expect(urlPart('https://a.example/x', media, param)).toEqual({
      part: { inlineData: { mimeType: 'image/webp', data: 'QUJD' } },
    })
  })

  test('that could not be fetched becomes an error text', () => {
    const media = new Map([['https://a.example/x', { failure: 'gone' }]])
    expect(urlPart('https://a.example/x', media, param)).toEqual({
      part: { text: '[Error processing image: https://a.example/x]' },
      problem: 'gone',
    })
  })

  test('of a file of the Files API is passed on, not fetched', () => {
    const url = 'https://generativelanguage.googleapis.com/v1beta/files/abc-1'
    expect(isRemote(url)).toBe(false)
    expect(urlPart(url, none, param)).toEqual({ part: { fileData: { fileUri: url } } })
  })

  test.each(['file:///etc/passwd', 'ftp://a.example/x', 'x'])(
    'with another scheme is refused: %s',
    (url) => {
      expect(isRemote(url)).toBe(false)
      expect(() => urlPart(url, none, param)).toThrow(ClientError)
    },
  )
})

describe('audio and video', () => {
  test.each([
    ['wav', 'audio/wav'],
    ['mp3', 'audio/mpeg'],
    ['flac', 'audio/flac'],
    ['ogg', 'audio/ogg'],
  ])('in the format %s are %s', (format, mimeType) => {
    expect(audioPart({ data: 'QUJD', format }, 'p')).toEqual({
      part: { inlineData: { mimeType, data: 'QUJD' } },
    })
  })

  test.each([
    ['mp4', 'video/mp4'],
    ['mov', 'video/quicktime'],
    ['avi', 'video/x-msvideo'],
    ['webm', 'video/webm'],
  ])('in the format %s are %s', (format, mimeType) => {
    expect(videoPart({ data: 'QUJD', format }, 'p')).toMatchObject({
      part: { inlineData: { mimeType } },
    })
  })

  test('in an unknown format become an error text', () => {
    expect(audioPart({ data: 'QUJD', format: 'm4a' }, 'p')).toMatchObject({
      part: { text: '[Error processing audio: Unsupported media format: m4a]' },
    })
  })

  test('that are not base64 become an error text', () => {
    expect(videoPart({ data: 'Q!', format: 'mp4' }, 'p')).toMatchObject({
      part: { text: '[Error processing video: Invalid base64 data]' },
    })
  })

  test('larger than the limit become an error text', () => {
    const data = 'A'.repeat(70 * 1024 * 1024)
    expect(audioPart({ data, format: 'wav' }, 'p')).toMatchObject({
      part: { text: '[Error processing audio: Larger than 50 MB]' },
    })
  })

  test('without data or format are refused with the missing field', () => {
    expect(() => audioPart({ format: 'wav' }, 'p')).toThrow(
      expect.objectContaining({ param: 'p.data' }),
    )
    expect(() => audioPart({ data: 'QUJD' }, 'p')).toThrow(
      expect.objectContaining({ param: 'p.format' }),
    )
  })
})

describe('a file', () => {
  test('with data gets its type from the data URL, else from its name', () => {
    expect(filePart({ file_data: 'data:text/plain;base64,QUJD' }, none, 'f')).toMatchObject({
      part: { inlineData: { mimeType: 'text/plain' } },
    })
    expect(filePart({ file_data: 'QUJD', filename: 'a.csv' }, none, 'f')).toMatchObject({
      part: { inlineData: { mimeType: 'text/csv' } },
    })
  })

  test('with the id of a Gemini file is passed on', () => {
    expect(filePart({ file_id: 'files/abc' }, none, 'f')).toEqual({
      part: {
        fileData: { fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/abc' },
      },
    })
  })

  test('with any other id is refused with the field', () => {
    expect(() => filePart({ file_id: 'file-123' }, none, 'f')).toThrow(
      expect.objectContaining({ param: 'f.file_id' }),
    )
  })
})
