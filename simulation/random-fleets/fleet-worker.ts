import { parentPort } from 'node:worker_threads'
import { checkFleet } from './check.ts'

/** Plays the fleets whose seeds it gets, one after another. */
parentPort?.on('message', (seed: number) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is of windows; this is a thread
  void checkFleet(seed).then((checked) => parentPort?.postMessage(checked))
})
