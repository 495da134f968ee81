/** Methods by the end of the path. */
const methods: ReadonlyMap<string, string> = new Map([
  ...[
    'generateContent',
    'streamGenerateContent',
    'countTokens',
    'embedContent',
    'batchEmbedContents',
    'batchGenerateContent',
    'generateAnswer',
    'predict',
    'predictLongRunning',
    'models',
    'embeddings',
    'messages',
    'responses',
    'files',
    'batches',
  ].map((name) => [name, name] as const),
  ['completions', 'chat/completions'],
  ['count_tokens', 'messages/count_tokens'],
  ['generations', 'images/generations'],
  ['speech', 'audio/speech'],
  ['transcriptions', 'audio/transcriptions'],
])

/** The method of a request as a label: one of a fixed set, or `other`. */
export function clientMethod(url: string): string {
  const query = url.indexOf('?')
  const bare = query === -1 ? url : url.slice(0, query)
  const path = bare.includes('%') ? bare.replace(/%3a/i, ':') : bare
  const start = Math.max(path.lastIndexOf('/'), path.lastIndexOf(':'))
  const method = methods.get(path.slice(start + 1))
  if (method !== undefined) return method
  return /\/models\/[^/:]+$/.test(path) ? 'models' : 'other'
}
