/** Where the content of a part is. */
export type MediaPlace =
  /** A file that Google has already, or fetches itself. */
  | { readonly kind: 'at-google'; readonly uri: string }
  | { readonly kind: 'remote'; readonly url: string }
  | { readonly kind: 'inline'; readonly declared: string | undefined; readonly data: string }
  | { readonly kind: 'unusable'; readonly reason: string }

/** Reads what a client wrote as content: an address, a data URL or base64. */
export function placeOf(content: string): MediaPlace {
  const text = content.trim()
  if (isDataUrl(text)) return readDataUrl(text)
  const uri = googleUri(text)
  if (uri !== undefined) return { kind: 'at-google', uri }
  if (isRemote(text)) return { kind: 'remote', url: text }
  const data = readBase64(text)
  if (data !== undefined) return { kind: 'inline', declared: undefined, data }
  return { kind: 'unusable', reason: 'is neither base64, a data URL nor an http address' }
}

const isHttp = /^https?:\/\//i
/** No address is longer; base64 is not searched for one. */
const maxAddressLength = 16_384

/** Whether a file must be fetched. */
export const isRemote = (content: string): boolean =>
  isHttp.test(content) && content.length <= maxAddressLength && googleUri(content) === undefined

/** Addresses of the Files API and of YouTube, as Google takes them. */
function googleUri(text: string): string | undefined {
  if (text.length > maxAddressLength) return undefined
  const [, file] = googleFile.exec(text) ?? []
  if (file !== undefined) return text.startsWith('files/') ? `${filesApi}${text}` : text
  return youTubeVideo(text)
}

const filesApi = 'https://generativelanguage.googleapis.com/v1beta/'
const googleFile =
  /^(?:https:\/\/generativelanguage\.googleapis\.com\/v1(?:alpha|beta)?\/)?files\/([\w-]{1,128})$/

const youTubeHosts: ReadonlySet<string> = new Set([
  'youtube.com',
  'www.youtube.com',
  'm.youtube.com',
  'music.youtube.com',
  'www.youtube-nocookie.com',
])

function youTubeVideo(text: string): string | undefined {
  if (!isHttp.test(text) || !URL.canParse(text)) return undefined
  const { hostname, pathname, searchParams } = new URL(text)
  const [, first = '', second = ''] = pathname.split('/', 3)
  const id =
    hostname === 'youtu.be'
      ? first
      : youTubeHosts.has(hostname)
        ? (searchParams.get('v') ?? (videoPaths.has(first) ? second : ''))
        : ''
  return /^[\w-]{6,32}$/.test(id) ? `https://www.youtube.com/watch?v=${id}` : undefined
}

const videoPaths: ReadonlySet<string> = new Set(['shorts', 'live', 'embed', 'v'])

const isDataUrl = (text: string): boolean => text.slice(0, 5).toLowerCase() === 'data:'

const maxDataUrlHead = 1024

/** No regular expression: over megabytes of base64 it is slow and can exhaust the stack. */
function readDataUrl(url: string): MediaPlace {
  const comma = url.slice(0, maxDataUrlHead).indexOf(',')
  const [type = '', ...parameters] = url.slice('data:'.length, Math.max(comma, 0)).split(';')
  const isEncoded = parameters.some((one) => one.trim().toLowerCase() === 'base64')
  const data = isEncoded ? readBase64(url.slice(comma + 1)) : undefined
  if (data === undefined) return { kind: 'unusable', reason: 'is a data URL without base64' }
  const plain = parameters.filter((one) => one.trim().toLowerCase() !== 'base64')
  return { kind: 'inline', declared: [type, ...plain].join(';'), data }
}

/** Base64 without line breaks; undefined where it is none. */
function readBase64(text: string): string | undefined {
  const invalidAt = searchInvalid(text)
  if (invalidAt === -1 || text[invalidAt] === '=')
    return isBase64(text, invalidAt) ? text : undefined
  const joined = text.replaceAll(/\s/g, '')
  return isBase64(joined, searchInvalid(joined)) ? joined : undefined
}

/** Searches for the first invalid character: matching the whole text would backtrack over each byte. */
const searchInvalid = (text: string): number => text.search(/[^A-Za-z0-9+/_-]/)

function isBase64(text: string, invalidAt: number): boolean {
  const padding = invalidAt === -1 ? '' : text.slice(invalidAt)
  const length = text.length - padding.length
  return length > 0 && length % 4 !== 1 && ['', '=', '=='].includes(padding)
}
