const prefix = 'fake continuation, segment '

/** The next request sends this token to get the given segment. */
export function continuationToken(segment: number): string {
  return Buffer.from(`${prefix}${segment}`).toString('base64')
}

export function segmentOf(token: string | undefined): number {
  if (token === undefined) return 0
  const text = Buffer.from(token, 'base64').toString()
  const segment = Number(text.slice(prefix.length))
  return text.startsWith(prefix) && Number.isInteger(segment) ? segment : 0
}
