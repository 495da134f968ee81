import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ClientError } from '../../../client-error.ts'
import { mediaTypes } from '../../../translate/content/read-media.ts'
import { checkRequest } from '../../../translate/read-request.ts'
import { chatRequest } from './chat-request.ts'
import { messageParts } from './message-parts.ts'

function partsOf(content: readonly unknown[], files = new Map()) {
  const request = { model: 'm', messages: [{ role: 'user', content }] }
  const [message] = checkRequest(chatRequest, request).messages
  const context = { files, readsMarkdownImages: false }
  return messageParts(message?.content, context, 'messages[0].content').value
}

const inline = (mimeType: string) => ({ inlineData: { mimeType, data: 'QUJD' } })
const uri = 'https://generativelanguage.googleapis.com/v1beta/files/a'
const file = { fileData: { fileUri: uri } }
const video = { fileData: { fileUri: 'https://www.youtube.com/watch?v=dQw4w9WgXcQ' } }
const png = 'data:image/png;base64,QUJD'
const pdf = 'data:application/pdf;base64,QUJD'
const youTube = 'https://youtu.be/dQw4w9WgXcQ'

describe('a part of a message', () => {
  test.each([
    ['image_url', { image_url: { url: png, detail: 'high' } }, inline('image/png')],
    ['image_url', { image_url: png }, inline('image/png')],
    ['image_url', { image_url: { url: youTube } }, video],
    ['image_url', { image_url: { url: uri } }, file],
    ['input_audio', { input_audio: { data: 'QUJD', format: 'mp3' } }, inline('audio/mpeg')],
    ['input_video', { input_video: { data: 'QUJD', format: 'mov' } }, inline('video/quicktime')],
    ['video_url', { video_url: { url: youTube } }, video],
    ['video_url', { video_url: { url: 'data:video/mp4;base64,QUJD' } }, inline('video/mp4')],
    ['audio_url', { audio_url: { url: 'data:audio/mp3;base64,QUJD' } }, inline('audio/mpeg')],
    ['file', { file: { file_data: pdf, filename: 'a.pdf' } }, inline('application/pdf')],
    ['file', { file: { file_data: 'QUJD', filename: 'a.csv' } }, inline('text/csv')],
    ['file', { file: { file_id: 'files/a' } }, file],
    ['file', { file: { file_id: uri } }, file],
    ['file', { file: { file_data: null, file_id: 'files/a' } }, file],
    ['file', { file: { file_url: youTube } }, video],
    ['file', { file: { file_id: uri, format: 'application/pdf' } }, withType('application/pdf')],
    ['input_image', { image_url: png, detail: 'auto' }, inline('image/png')],
    ['input_image', { file_id: 'files/a' }, file],
    ['input_file', { file_url: youTube }, video],
    ['input_file', { file_data: pdf, filename: 'a.pdf' }, inline('application/pdf')],
    ['input_file', { file_id: 'files/a' }, file],
  ])('as OpenAI or Open WebUI writes it becomes one of Gemini: %s %j', (type, rest, part) => {
    expect(partsOf([{ type, ...rest }])).toEqual([part])
  })

  test.each([
    ['media', { mime_type: 'audio/x-m4a', data: 'QUJD' }, inline('audio/mp4')],
    ['media', { mime_type: 'video/mp4', file_uri: uri }, withType('video/mp4')],
    ['media', { file_uri: youTube, mime_type: 'video/*' }, video],
    [
      'image',
      { source_type: 'base64', mime_type: 'image/jpg', data: 'QUJD' },
      inline('image/jpeg'),
    ],
    ['image', { source_type: 'url', url: png }, inline('image/png')],
    ['audio', { source_type: 'base64', mime_type: 'audio/wav', data: 'QUJD' }, inline('audio/wav')],
    ['video', { source_type: 'url', url: youTube, mime_type: 'video/mp4' }, typedVideo()],
    ['file', { source_type: 'id', id: 'files/a' }, file],
    [
      'file',
      { source_type: 'base64', mime_type: '', data: 'QUJD', metadata: { filename: 'a.md' } },
      inline('text/markdown'),
    ],
    ['image', { id: 'lc_1', base64: 'QUJD', mime_type: 'image/png' }, inline('image/png')],
    ['image', { id: 'lc_1', url: png }, inline('image/png')],
    ['audio', { base64: 'QUJD', mime_type: 'audio/mpeg' }, inline('audio/mpeg')],
    ['file', { base64: 'QUJD', extras: { filename: 'a.txt' } }, inline('text/plain')],
    ['file', { file_id: 'files/a' }, file],
    ['image', { data: 'QUJD', mimeType: 'image/png' }, inline('image/png')],
    ['image', { fileId: 'files/a', mimeType: 'image/png' }, withType('image/png')],
    ['video', { url: youTube }, video],
    ['text-plain', { text: 'words' }, { text: 'words' }],
    ['text-plain', { data: 'QUJD', mimeType: 'text/plain' }, inline('text/plain')],
  ])('as LangChain writes it becomes one of Gemini: %s %j', (type, rest, part) => {
    expect(partsOf([{ type, ...rest }])).toEqual([part])
  })

  test.each([
    // What its provider for OpenAI-compatible servers sends: the subtype is the format.
    [
      'input_audio',
      { input_audio: { data: 'data:audio/mpeg;base64,QUJD', format: 'mpeg' } },
      inline('audio/mpeg'),
    ],
    [
      'file',
      { file: { filename: 'video.mp4', file_data: 'data:video/mp4;base64,QUJD' } },
      inline('video/mp4'),
    ],
    ['file', { data: 'QUJD', mediaType: 'application/pdf' }, inline('application/pdf')],
    ['file', { url: pdf, mediaType: 'application/pdf', filename: 'x' }, inline('application/pdf')],
    ['file', { data: { type: 'url', url: youTube }, mediaType: 'video/mp4' }, typedVideo()],
    ['image', { image: png }, inline('image/png')],
    ['image', { image: 'QUJD', mediaType: 'image/webp' }, inline('image/webp')],
  ])('as the AI SDK writes it becomes one of Gemini: %s %j', (type, rest, part) => {
    expect(partsOf([{ type, ...rest }])).toEqual([part])
  })

  test.each([
    [
      'image',
      { source: { type: 'base64', media_type: 'image/png', data: 'QUJD' } },
      inline('image/png'),
    ],
    ['image', { source: { type: 'url', url: png } }, inline('image/png')],
    [
      'document',
      { source: { type: 'base64', media_type: 'application/pdf', data: 'QUJD' }, title: 'v1.2' },
      inline('application/pdf'),
    ],
  ])('as Anthropic writes it becomes one of Gemini: %s %j', (type, rest, part) => {
    expect(partsOf([{ type, ...rest }])).toEqual([part])
  })

  test.each([
    [{ type: 'image_url' }, 'image_url.url'],
    [{ type: 'image_url', image_url: null }, 'image_url.url'],
    [{ type: 'image_url', image_url: { url: 7 } }, 'image_url.url'],
    [{ type: 'image_url', image_url: '' }, 'image_url.url'],
    [{ type: 'image_url', image_url: 'x' }, 'image_url'],
    [{ type: 'input_audio', input_audio: { format: 'wav' } }, 'input_audio.data'],
    [{ type: 'input_audio', input_audio: { data: 'QUJD' } }, 'input_audio.format'],
    [{ type: 'input_audio', input_audio: { data: 'QUJD', format: 'xyz' } }, 'input_audio.format'],
    [{ type: 'input_audio', input_audio: { data: 'Q!', format: 'wav' } }, 'input_audio.data'],
    [{ type: 'input_video', input_video: { data: 'Q!', format: 'mp4' } }, 'input_video.data'],
    [{ type: 'file', file: {} }, 'file.file_data'],
    [{ type: 'file', file: { file_id: 'file-7qh8AjzrjyRGiQ7kaFybfG' } }, 'file.file_id'],
    [{ type: 'file', file: { file_data: 'QUJD', filename: 'a.docx' } }, 'file.file_data'],
    [{ type: 'file', id: 'lc_1' }, 'file.file_data'],
    [{ type: 'media', data: ['QUJD'], mime_type: 'image/png' }, 'data'],
    [{ type: 'image', source: { data: 'QUJD', media_type: 'application/zip' } }, 'source.data'],
    [{ type: 'hologram' }, 'type'],
    [{ type: '__proto__' }, 'type'],
  ])('that cannot be used is refused with its field: %j', (part, field) => {
    expect(() => partsOf([{ type: 'text', text: 'a' }, part])).toThrow(
      expect.objectContaining({ param: `messages[0].content[1].${field}` }),
    )
  })

  test('becomes one of Gemini or is refused with its place, whatever it holds', () => {
    const fields = 'data url file source image_url format id source_type mime_type __proto__'
    const contents = 'base64 data:image/png;base64,QUJD files/a QUJD https://youtu.be/'
    const words = fc.constantFrom(...`${fields} ${contents}`.split(' '))
    const holder = fc.object({ key: words, values: [words, fc.string(), fc.constant(null)] })
    const type = fc.constantFrom(...mediaTypes)
    fc.assert(
      fc.property(type, holder, (name, rest) => {
        try {
          expect(partsOf([{ ...rest, type: name }])).toHaveLength(1)
        } catch (error) {
          if (!(error instanceof ClientError)) throw error
          expect(error.param).toMatch(/^messages\[0\]\.content\[0\]\./)
        }
      }),
      { numRuns: 2000 },
    )
  })

  test.each([null, 7, 'text', []])('that is no object is refused with its place: %j', (part) => {
    expect(() => partsOf([part])).toThrow(
      expect.objectContaining({ param: 'messages[0].content[0]' }),
    )
  })
})

function withType(mimeType: string) {
  return { fileData: { fileUri: uri, mimeType } }
}

function typedVideo() {
  return { fileData: { ...video.fileData, mimeType: 'video/mp4' } }
}
