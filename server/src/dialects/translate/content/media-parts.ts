import type { Part } from '../../../google/requests/gemini-request.ts'
import { ClientError } from '../../client-error.ts'
import { failure, FailureError } from '../../failures.ts'
import type { MediaKind } from '../../media/formats.ts'
import { formatNames, headBytes, mediaTypeOf } from '../../media/media-type.ts'
import type { MediaFile } from '../../media/public-fetch.ts'
import type { FetchedFiles } from '../../media/remote-media.ts'
import { placeOf } from './media-place.ts'

/** A file as a client writes it, in any of its formats. */
export type MediaSource = {
  readonly kind: MediaKind
  /** An address, a data URL or base64. */
  readonly content: string
  /** The field of the content: `image_url.url`. */
  readonly at: string
  readonly mimeType?: string | undefined
  /** A name of OpenAI, as `mp3`, or a media type. */
  readonly format?: string | undefined
  readonly formatAt?: string | undefined
  readonly filename?: string | undefined
}

/** The part for a file; `path` is the part's place in the request. Throws ClientError, or FailureError where it may be tried again. */
export function mediaPart(source: MediaSource, files: FetchedFiles, path: string): Part {
  const param = `${path}.${source.at}`
  const place = placeOf(source.content)
  switch (place.kind) {
    case 'at-google':
      return { fileData: { fileUri: place.uri, ...declaredType(source) } }
    case 'remote':
      return remotePart(source, place.url, { files, param, path })
    case 'inline':
      return inlinePart(source, { ...place, filename: source.filename }, { param, path })
    case 'unusable':
      throw refused(
        `'${param}' ${place.reason}. Send one, or a file of the Gemini Files API.`,
        param,
      )
  }
}

/** Google knows the types of its own files; one that the client gives is passed on. */
function declaredType({ kind, mimeType, format }: MediaSource): { mimeType?: string } {
  const read = mediaTypeOf({ kind, declared: [mimeType], format, head: noBytes })
  return 'type' in read ? { mimeType: read.type } : {}
}

const noBytes = Buffer.alloc(0)

type Context = { readonly files: FetchedFiles; readonly param: string; readonly path: string }

function remotePart(source: MediaSource, url: string, { files, param, path }: Context): Part {
  const fetched = files.get(url)
  if (fetched === undefined) throw refused(`'${param}' was not fetched. Send a data URL.`, param)
  if ('failure' in fetched) {
    const { message, isBusy } = fetched.failure
    const text = `'${param}' cannot be fetched: ${message} Send it as a data URL, or try later.`
    if (isBusy) throw new FailureError(failure('media_busy', text, { param, retryAfterMs: 5000 }))
    throw refused(text, param)
  }
  // A page that says that there is no such picture, or shows it.
  if (source.kind !== 'file' && fetched.mimeType?.toLowerCase().startsWith('text/html') === true) {
    throw refused(`'${param}' leads to a web page. Send the address of the file itself.`, param)
  }
  const filename = source.filename ?? new URL(url).pathname
  return inlinePart(source, { ...ofServer(fetched), filename }, { param, path })
}

const ofServer = ({ mimeType, data }: MediaFile) => ({ declared: mimeType, data })

type Inline = {
  readonly declared: string | undefined
  readonly data: string
  readonly filename: string | undefined
}

function inlinePart(
  { kind, mimeType, format, formatAt }: MediaSource,
  { declared, data, filename }: Inline,
  { param, path }: Omit<Context, 'files'>,
): Part {
  // Whole groups of four characters.
  const head = Buffer.from(data.slice(0, (headBytes / 3) * 4), 'base64')
  const read = mediaTypeOf({ kind, declared: [declared, mimeType], format, filename, head })
  if ('type' in read) return { inlineData: { mimeType: read.type, data } }
  if ('unsupported' in read) {
    throw refused(
      `'${param}' has the type ${read.unsupported}. Google takes PDF, text, images, audio and video.`,
      param,
    )
  }
  if (formatAt !== undefined) {
    const field = `${path}.${formatAt}`
    throw refused(`'${field}' must name a format: ${formatNames(kind).join(', ')}.`, field)
  }
  throw refused(`The type of '${param}' is unknown. Send a data URL with its type.`, param)
}

const refused = (message: string, param: string): ClientError =>
  new ClientError(message, { param, problem: 'invalid_value' })
