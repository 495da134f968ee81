/** The prefix `__Host-` keeps other hosts, other paths and plain HTTP from setting the cookie. */
const names = { plain: 'gemini_balance', secure: '__Host-gemini_balance' } as const

const nameOf = (isSecure: boolean) => (isSecure ? names.secure : names.plain)

/** Over TLS, only a cookie that was set over TLS counts. */
export function readSessionCookie(
  header: string | undefined,
  isSecure: boolean,
): string | undefined {
  const name = `${nameOf(isSecure)}=`
  const pair = header?.split(';').find((one) => one.trim().startsWith(name))
  const value = pair?.trim().slice(name.length)
  return value === undefined || value === '' ? undefined : value
}

export function sessionCookie(secret: string, maxAgeSeconds: number, isSecure: boolean): string {
  const flags = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${Math.round(maxAgeSeconds)}`
  return `${nameOf(isSecure)}=${secret}; ${flags}${isSecure ? '; Secure' : ''}`
}

export const endedCookie = (isSecure: boolean): string => sessionCookie('', 0, isSecure)
