const reportEveryMs = 60_000

export type WaitReporting = {
  readonly warn: (details: object, message: string) => void
  readonly now: () => number
}

/** Reports throttled addresses to the operator, at most one a minute. */
export function reportWaits({ warn, now }: WaitReporting) {
  let reportedAt = -Infinity
  return (address: string, failures: number, waitMs: number): void => {
    if (now() - reportedAt < reportEveryMs) return
    reportedAt = now()
    warn(
      { address, failures, waitMs },
      'This address sent too many wrong tokens and must wait. If it is your proxy, name it in TRUSTED_PROXIES.',
    )
  }
}
