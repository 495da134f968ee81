const urlBytes = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
const unicodeEscapes = (text: string) =>
  [...text].map((one) => String.raw`\u` + one.charCodeAt(0).toString(16).padStart(4, '0')).join('')

/** The ways in which a secret is written by those who do not mean to. */
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

/** Where a text gives a secret away, in any encoding; no secret is ever printed, only its name. */
export function leaksOf(secrets: Readonly<Record<string, string>>, text: string): string[] {
  return Object.entries(secrets).flatMap(([name, secret]) =>
    Object.entries(encodings)
      .filter(([, encode]) => text.includes(encode(secret)))
      .map(([encoding]) => `${name} ${encoding}`),
  )
}
