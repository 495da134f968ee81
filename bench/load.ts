import type { Dispatcher, Pool } from 'undici'

export type RequestSet = {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** Used in turn. */
  readonly bodies: readonly (string | Buffer)[]
}

export type LoadResult = {
  readonly elapsedMs: number
  /** From the first byte sent to the last byte received, sorted. */
  readonly latenciesMs: Float64Array
}

export type Load = { readonly count: number; readonly concurrency: number }

/** Sends `count` requests, `concurrency` at a time. Throws on any answer except 200. */
export async function sendRequests(
  pool: Pool,
  requestSet: RequestSet,
  load: Load,
): Promise<LoadResult> {
  const latenciesMs = new Float64Array(load.count)
  let next = 0
  const startedAt = performance.now()
  const worker = async () => {
    while (next < load.count) {
      const index = next
      next += 1
      const body = requestSet.bodies[index % requestSet.bodies.length] ?? ''
      latenciesMs[index] = await sendRequest(pool, { ...requestSet, body })
    }
  }
  await Promise.all(Array.from({ length: load.concurrency }, worker))
  return { elapsedMs: performance.now() - startedAt, latenciesMs: latenciesMs.toSorted() }
}

export type SingleRequest = Omit<RequestSet, 'bodies'> & { readonly body: string | Buffer }

/** Returns the milliseconds to the last byte of the answer. */
export function sendRequest(pool: Pool, { path, headers, body }: SingleRequest): Promise<number> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now()
    let answered = 0
    let errorText = ''
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: () => {},
      onResponseStart: (_controller, status) => {
        answered = status
      },
      onResponseData: (_controller, chunk) => {
        if (answered !== 200 && errorText.length < 2000) errorText += chunk.toString()
      },
      onResponseEnd: () => {
        if (answered === 200) resolve(performance.now() - startedAt)
        else reject(new Error(`${path} was answered with ${answered}.\n${errorText}`))
      },
      onResponseError: (_controller, error) => reject(error),
    }
    pool.dispatch({ method: 'POST', path, headers, body }, handler)
  })
}
