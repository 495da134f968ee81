/** Of a shorter secret, four characters reveal too much. */
const minLength = 12

/** The last four characters of a secret, to identify it; none of a short one. */
export function lastFour(secret: string): string {
  return secret.length < minLength ? '' : secret.slice(-4)
}
