/** Resolves when the work ends or when the time is over. The work itself is not cancelled. */
export async function withTimeout(limitMs: number, work: () => Promise<void>): Promise<void> {
  if (!Number.isFinite(limitMs)) return work()
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs)
  })
  try {
    await Promise.race([work(), over])
  } finally {
    clearTimeout(timer)
  }
}
