type RequestSource = {
  readonly method: string
  readonly origin: string | undefined
  /** `sec-fetch-site`. */
  readonly site: string | undefined
  readonly host: string | undefined
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Protects requests that a cookie authenticates from other origins. Browsers name the origin of every request that can change something;
 * a client that names none is no browser, so no foreign page made it send a cookie.
 */
export function isSameOrigin({ method, origin, site, host }: RequestSource): boolean {
  if (safeMethods.has(method)) return true
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  return origin === undefined || hostOf(origin) === host?.toLowerCase()
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}
