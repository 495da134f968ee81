/** Google's ids of models: letters, digits, dots, dashes and underscores. Anything else could change the path of a call. */
const modelId = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/

export const isModelId = (text: string): boolean => modelId.test(text)

const namespaces: ReadonlySet<string> = new Set(['models', 'google', 'gemini', 'publishers'])

/**
 * The id in a model's name as Google and other routers write it: `models/x`, `google/x`, `gemini/x`, `publishers/google/models/x`. Any other
 * name is its own id.
 */
export function idOf(name: string): string {
  let start = 0
  for (let end = name.indexOf('/'); end !== -1; end = name.indexOf('/', start)) {
    if (end - start > 10 || !namespaces.has(name.slice(start, end).toLowerCase())) break
    start = end + 1
  }
  return start === 0 ? name : name.slice(start)
}
