const acceptedTypes = /^(image|audio|video|text)\/[\w.+-]+$|^application\/(pdf|json)$/

/** The type of a file by its Content-Type, or by its first bytes when that is unspecific. */
export function mediaType(contentType: string | undefined, bytes: Buffer): string | undefined {
  const declared = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  const isUnspecific =
    declared === '' || declared === 'application/octet-stream' || declared === 'binary/octet-stream'
  const type = isUnspecific ? sniff(bytes) : declared === 'image/jpg' ? 'image/jpeg' : declared
  return type !== undefined && acceptedTypes.test(type) ? type : undefined
}

const fileSignatures = [
  { type: 'image/png', at: 0, text: '\x89PNG' },
  { type: 'image/jpeg', at: 0, text: '\xff\xd8\xff' },
  { type: 'image/gif', at: 0, text: 'GIF8' },
  { type: 'image/webp', at: 8, text: 'WEBP' },
  { type: 'audio/wav', at: 8, text: 'WAVE' },
  { type: 'audio/mpeg', at: 0, text: 'ID3' },
  { type: 'audio/flac', at: 0, text: 'fLaC' },
  { type: 'audio/ogg', at: 0, text: 'OggS' },
  { type: 'video/mp4', at: 4, text: 'ftyp' },
  { type: 'application/pdf', at: 0, text: '%PDF' },
]

function sniff(bytes: Buffer): string | undefined {
  return fileSignatures.find(
    ({ at, text }) => bytes.subarray(at, at + text.length).toString('latin1') === text,
  )?.type
}
