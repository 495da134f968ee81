import { setImmediate as turn } from 'node:timers/promises'

/** A request needs a few turns of the event loop from its first byte to its last. */
const turns = 3

/** Lets waiting requests run before long work goes on; costs almost nothing when none wait. */
export async function yieldToEventLoop(): Promise<void> {
  for (let taken = 0; taken < turns; taken += 1) await turn()
}
