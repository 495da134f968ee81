/** Below this length, four characters give too much of a secret away. */
const shownFromLength = 12

/** The last characters of a secret, to know it by; none where they would tell too much. */
export function endingOf(secret: string): string {
  return secret.length < shownFromLength ? '' : secret.slice(-4)
}
