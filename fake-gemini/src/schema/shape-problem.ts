/** `path` is relative; each caller prepends its own step. */
export type ShapeProblem = { path: string; describe: (path: string) => string }

export function invalidValue(type: string, value: unknown): ShapeProblem {
  return {
    path: '',
    describe: (path) => `Invalid value at '${path}' (${type}), ${JSON.stringify(value)}`,
  }
}
