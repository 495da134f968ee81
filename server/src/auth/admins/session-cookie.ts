/** Where a browser keeps its session. Over TLS the name itself forbids other hosts, paths and plain HTTP to set it. */
const names = { plain: 'gemini_balance', secure: '__Host-gemini_balance' } as const

const nameOf = (isSecure: boolean) => (isSecure ? names.secure : names.plain)

/** What a request holds of it; over TLS only what was set over TLS counts. */
export function readSessionCookie(
  header: string | undefined,
  isSecure: boolean,
): string | undefined {
  const name = `${nameOf(isSecure)}=`
  const written = header?.split(';').find((one) => one.trim().startsWith(name))
  const value = written?.trim().slice(name.length)
  return value === undefined || value === '' ? undefined : value
}

export function sessionCookie(secret: string, maxAgeSeconds: number, isSecure: boolean): string {
  const flags = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${Math.round(maxAgeSeconds)}`
  return `${nameOf(isSecure)}=${secret}; ${flags}${isSecure ? '; Secure' : ''}`
}

export const endedCookie = (isSecure: boolean): string => sessionCookie('', 0, isSecure)
