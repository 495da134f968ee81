type Sent = {
  readonly method: string
  readonly origin: string | undefined
  /** `sec-fetch-site`. */
  readonly site: string | undefined
  readonly host: string | undefined
}

const harmless = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Whether a page of our own may have sent this, for requests that a cookie opens. Browsers name the sender of everything that can change
 * something; what names none is no browser, and no other page can have made it send a cookie.
 */
export function isOwnPage({ method, origin, site, host }: Sent): boolean {
  if (harmless.has(method)) return true
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  return origin === undefined || hostOf(origin) === host?.toLowerCase()
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}
