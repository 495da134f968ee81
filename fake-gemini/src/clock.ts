/** Real time plus an offset that a test can change. */
export type FakeClock = { now(): number; advance(ms: number): void; setTime(ms: number): void }

export function createClock(): FakeClock {
  let offset = 0
  return {
    now: () => Date.now() + offset,
    advance: (ms) => {
      offset += ms
    },
    setTime: (ms) => {
      offset = ms - Date.now()
    },
  }
}
