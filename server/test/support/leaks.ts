const urlBytes = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
const unicodeEscapes = (text: string) =>
  [...text].map((one) => String.raw`\u` + one.charCodeAt(0).toString(16).padStart(4, '0')).join('')

/** Encodings in which a secret may appear by accident. */
export const encodings: Readonly<Record<string, (secret: string) => string>> = {
  plain: (secret) => secret,
  url: encodeURIComponent,
  urlBytes,
  urlBytesUpper: (secret) => urlBytes(secret).toUpperCase(),
  json: (secret) => JSON.stringify(secret).slice(1, -1),
  unicode: unicodeEscapes,
  basic: (secret) => Buffer.from(`user:${secret}`).toString('base64'),
  basic1: (secret) => Buffer.from(`me:${secret}`).toString('base64'),
  halved: (secret) => secret.slice(0, Math.ceil(secret.length * 0.6)),
}

/** The names and encodings of secrets in a text. The secrets themselves are never printed. */
export function leaksOf(secrets: Readonly<Record<string, string>>, text: string): string[] {
  return Object.entries(secrets).flatMap(([name, secret]) =>
    Object.entries(encodings)
      .filter(([, encode]) => text.includes(encode(secret)))
      .map(([encoding]) => `${name} ${encoding}`),
  )
}
