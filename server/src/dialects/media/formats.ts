/** What a part says that it is; a file can be anything. */
export type MediaKind = 'image' | 'audio' | 'video' | 'file'

type Magic = readonly { readonly at: number; readonly bytes: string }[]

export type Format = {
  /** The name that Google takes. */
  readonly type: string
  /** File extensions and the names of formats at OpenAI. */
  readonly names: readonly string[]
  /** Other names of the type. */
  readonly aliases?: readonly string[]
  /** Any of these begins the file. */
  readonly magic?: readonly Magic[]
}

const starts = (bytes: string): Magic => [{ at: 0, bytes }]
const riff = (form: string): Magic => [
  { at: 0, bytes: 'RIFF' },
  { at: 8, bytes: form },
]
const aiff = (form: string): Magic => [
  { at: 0, bytes: 'FORM' },
  { at: 8, bytes: form },
]
/** The brand of a file in MPEG-4's container. */
const brand = (name: string): Magic => [{ at: 4, bytes: `ftyp${name}` }]

const matroska = starts('\x1a\x45\xdf\xa3')

const textNames =
  'txt text log json jsonl ndjson yaml yml toml ini conf tsv srt vtt tex diff sql ts tsx jsx java c h cpp hpp cs go rs rb php sh kt swift scala r lua pl'
const textTypes = 'json x-ndjson jsonl yaml x-yaml toml sql typescript x-sh x-httpd-php'

/** All formats, one row each; of several that fit the first counts. */
export const formats: readonly Format[] = [
  { type: 'image/png', names: ['png'], magic: [starts('\x89PNG')] },
  {
    type: 'image/jpeg',
    names: ['jpg', 'jpeg', 'jfif'],
    aliases: ['image/jpg', 'image/pjpeg'],
    magic: [starts('\xff\xd8\xff')],
  },
  { type: 'image/gif', names: ['gif'], magic: [starts('GIF8')] },
  { type: 'image/webp', names: ['webp'], magic: [riff('WEBP')] },
  { type: 'image/heic', names: ['heic'], magic: [brand('heic'), brand('heix'), brand('hevc')] },
  { type: 'image/heif', names: ['heif'], magic: [brand('mif1'), brand('msf1')] },
  { type: 'image/avif', names: ['avif'], magic: [brand('avif')] },
  {
    type: 'image/bmp',
    names: ['bmp'],
    aliases: ['image/x-ms-bmp'],
    magic: [
      [
        { at: 0, bytes: 'BM' },
        { at: 6, bytes: '\0\0\0\0' },
      ],
    ],
  },
  { type: 'image/tiff', names: ['tif', 'tiff'], magic: [starts('II*\0'), starts('MM\0*')] },

  { type: 'video/quicktime', names: ['mov', 'qt'], aliases: ['video/mov'], magic: [brand('qt  ')] },
  { type: 'video/3gpp', names: ['3gp', '3gpp'], magic: [brand('3g')] },
  {
    type: 'audio/mp4',
    names: ['m4a', 'm4b', 'x-m4a'],
    aliases: ['audio/m4a', 'audio/x-m4a', 'audio/m4b', 'audio/mp4a-latm'],
    magic: [brand('M4A'), brand('M4B')],
  },
  {
    type: 'video/mp4',
    names: ['mp4', 'm4v'],
    aliases: ['video/x-m4v', 'application/mp4'],
    magic: [brand('')],
  },
  { type: 'video/webm', names: ['webm'], magic: [matroska] },
  { type: 'video/x-matroska', names: ['mkv'], magic: [matroska] },
  {
    type: 'video/x-msvideo',
    names: ['avi'],
    aliases: ['video/avi', 'video/msvideo'],
    magic: [riff('AVI ')],
  },
  {
    type: 'video/mpeg',
    names: ['mpeg', 'mpg'],
    aliases: ['video/mpg'],
    magic: [starts('\0\0\x01\xba'), starts('\0\0\x01\xb3')],
  },
  {
    type: 'video/x-flv',
    names: ['flv', 'x-flv'],
    aliases: ['video/flv'],
    magic: [starts('FLV\x01')],
  },
  {
    type: 'video/wmv',
    names: ['wmv', 'x-ms-wmv'],
    aliases: ['video/x-ms-wmv'],
    magic: [starts('\x30\x26\xb2\x75')],
  },

  {
    type: 'audio/wav',
    names: ['wav', 'wave', 'x-wav', 'vnd.wave'],
    aliases: ['audio/x-wav', 'audio/wave', 'audio/vnd.wave', 'audio/x-pn-wav'],
    magic: [riff('WAVE')],
  },
  {
    type: 'audio/mpeg',
    names: ['mp3', 'mpga', 'x-mp3'],
    aliases: ['audio/mp3', 'audio/x-mp3', 'audio/x-mpeg', 'audio/mpga', 'audio/mpeg3'],
    magic: ['ID3', '\xff\xfb', '\xff\xfa', '\xff\xf3', '\xff\xf2'].map(starts),
  },
  {
    type: 'audio/aac',
    names: ['aac', 'x-aac'],
    aliases: ['audio/x-aac', 'audio/aacp', 'audio/x-hx-aac-adts'],
    magic: [starts('\xff\xf1'), starts('\xff\xf9')],
  },
  // Opus comes in Ogg's container, which is the type that every model takes.
  {
    type: 'audio/ogg',
    names: ['ogg', 'oga', 'opus', 'x-opus'],
    aliases: ['audio/opus', 'audio/x-opus', 'audio/vorbis', 'audio/x-ogg', 'application/ogg'],
    magic: [starts('OggS')],
  },
  {
    type: 'audio/flac',
    names: ['flac', 'x-flac'],
    aliases: ['audio/x-flac'],
    magic: [starts('fLaC')],
  },
  { type: 'audio/webm', names: ['webm', 'weba'], magic: [matroska] },
  {
    type: 'audio/aiff',
    names: ['aiff', 'aif', 'x-aiff'],
    aliases: ['audio/x-aiff'],
    magic: [aiff('AIFF'), aiff('AIFC')],
  },
  // OpenAI's raw samples: 16 bits, one channel, 24 kHz.
  {
    type: 'audio/pcm;rate=24000',
    names: ['pcm', 'pcm16', 'pcm_s16le', 'l16'],
    aliases: ['audio/pcm', 'audio/l16', 'audio/pcm16', 'audio/x-pcm'],
  },

  {
    type: 'application/pdf',
    names: ['pdf'],
    aliases: ['application/x-pdf'],
    magic: [starts('%PDF')],
  },
  {
    type: 'text/rtf',
    names: ['rtf'],
    aliases: ['application/rtf', 'application/x-rtf'],
    magic: [starts('{\\rtf')],
  },
  { type: 'text/markdown', names: ['md', 'markdown'], aliases: ['text/md', 'text/x-markdown'] },
  { type: 'text/csv', names: ['csv'], aliases: ['application/csv'] },
  { type: 'text/html', names: ['html', 'htm'], aliases: ['application/xhtml+xml'] },
  { type: 'text/css', names: ['css'] },
  { type: 'text/xml', names: ['xml'], aliases: ['application/xml'] },
  {
    type: 'text/javascript',
    names: ['js', 'mjs', 'cjs'],
    aliases: ['application/javascript', 'application/x-javascript'],
  },
  { type: 'text/x-python', names: ['py'], aliases: ['application/x-python-code'] },
  // What Google has no type for, but models read as text.
  {
    type: 'text/plain',
    names: textNames.split(' '),
    aliases: ['text/json', ...textTypes.split(' ').map((name) => `application/${name}`)],
  },
]
