/** Something wrong at a place; the place is completed on the way out of the recursion. */
export type Problem = { path: string; say: (path: string) => string }

export function invalidValue(type: string, value: unknown): Problem {
  return {
    path: '',
    say: (path) => `Invalid value at '${path}' (${type}), ${JSON.stringify(value)}`,
  }
}
