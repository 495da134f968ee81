import type { DataRoute } from '../http/data-plane.ts'

/** Told of requests as clients see them: also of those that never reach Google. */
export type RequestCounter = {
  requestBegan(dialect: string): void
  requestEnded(end: {
    readonly dialect: string
    readonly method: string
    readonly status: number
    readonly isWhole: boolean
  }): void
}

export type CounterOptions = {
  readonly dialect: string
  readonly counter: RequestCounter
  readonly methodOf: (url: string) => string
}

/** The same routes, with every request of them counted from its begin to its end. */
export function countRequests(
  routes: readonly DataRoute[],
  { dialect, counter, methodOf }: CounterOptions,
): DataRoute[] {
  return routes.map((route) => ({
    ...route,
    handle(request, response) {
      const { url = '' } = request
      counter.requestBegan(dialect)
      response.on('close', () =>
        counter.requestEnded({
          dialect,
          method: methodOf(url),
          status: response.headersSent ? response.statusCode : 0,
          isWhole: response.writableFinished,
        }),
      )
      route.handle(request, response)
    },
  }))
}
