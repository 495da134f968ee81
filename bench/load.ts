import type { Dispatcher, Pool } from 'undici'

export type Shot = {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** One request each, in turn. */
  readonly bodies: readonly (string | Buffer)[]
}

export type Volley = {
  readonly elapsedMs: number
  /** Of every request, from the first byte sent to the last byte received, ascending. */
  readonly latenciesMs: Float64Array
}

export type Pressure = { readonly count: number; readonly concurrency: number }

/** Sends `count` requests, `concurrency` at a time, each as soon as one is answered. Any answer but a 200 ends the run. */
export async function fire(pool: Pool, shot: Shot, pressure: Pressure): Promise<Volley> {
  const latenciesMs = new Float64Array(pressure.count)
  let next = 0
  const startedAt = performance.now()
  const worker = async () => {
    while (next < pressure.count) {
      const index = next
      next += 1
      const body = shot.bodies[index % shot.bodies.length] ?? ''
      latenciesMs[index] = await ask(pool, { ...shot, body })
    }
  }
  await Promise.all(Array.from({ length: pressure.concurrency }, worker))
  return { elapsedMs: performance.now() - startedAt, latenciesMs: latenciesMs.toSorted() }
}

export type Question = Omit<Shot, 'bodies'> & { readonly body: string | Buffer }

/** Sends one request; tells the milliseconds to its last byte. */
export function ask(pool: Pool, { path, headers, body }: Question): Promise<number> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now()
    let answered = 0
    let refusal = ''
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart: () => {},
      onResponseStart: (_controller, status) => {
        answered = status
      },
      onResponseData: (_controller, chunk) => {
        if (answered !== 200 && refusal.length < 2000) refusal += chunk.toString()
      },
      onResponseEnd: () => {
        if (answered === 200) resolve(performance.now() - startedAt)
        else reject(new Error(`${path} was answered with ${answered}.\n${refusal}`))
      },
      onResponseError: (_controller, error) => reject(error),
    }
    pool.dispatch({ method: 'POST', path, headers, body }, handler)
  })
}
