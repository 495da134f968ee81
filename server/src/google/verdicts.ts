/** Who is at fault when an attempt ends the way it did. */
export type Blame =
  | 'nobody'
  | 'client'
  | 'key'
  | 'project'
  | 'lane'
  | 'model'
  | 'egress'
  | 'upstream'
  | 'us'

/**
 * What the request does next.
 * `deliver`: the answer, good or bad, goes to the client as it is.
 * `next-key`: another key, free of MAX_RETRIES, bounded by MAX_KEY_SWITCHES and the deadline.
 * `retry`: another attempt, counted by MAX_RETRIES.
 * `retry-once`: one more attempt, then the answer is delivered.
 * `next-project-once`: one more attempt in another project, free; then the answer is delivered.
 * `stop`: nobody is there to be answered.
 */
export type Next = 'deliver' | 'next-key' | 'next-project-once' | 'retry' | 'retry-once' | 'stop'

type Verdict = { blame: Blame; next: Next; meaning: string }

/**
 * Every way an attempt can end, once. Effects on keys, projects, lanes, models and egress hang on these names
 * (`keys/effects.ts`), and so do the request's next step, the request log and the metrics.
 */
export const verdicts = {
  answered: { blame: 'nobody', next: 'deliver', meaning: 'Google answered.' },
  'answer-withheld': {
    blame: 'client',
    next: 'deliver',
    meaning: 'Google withheld the answer: prompt blocked, safety, recitation.',
  },
  'answer-empty': {
    blame: 'upstream',
    next: 'retry',
    meaning: 'A 200 without content, or a malformed function call.',
  },
  'request-refused': {
    blame: 'client',
    next: 'deliver',
    meaning: 'Google refused the request as it was written.',
  },
  'resource-denied': {
    blame: 'client',
    next: 'deliver',
    meaning: 'A file, cache, batch, store or operation that this project cannot see.',
  },
  'credentials-doubled': {
    blame: 'us',
    next: 'retry-once',
    meaning: 'Google saw more than one credential.',
  },
  'bearer-refused': {
    blame: 'us',
    next: 'next-key',
    meaning:
      "Google's OpenAI endpoint does not take this kind of key, which may be as good as any elsewhere.",
  },
  'key-invalid': {
    blame: 'key',
    next: 'next-key',
    meaning: 'The key is not valid, expired or deleted.',
  },
  'key-unauthenticated': {
    blame: 'key',
    next: 'next-key',
    meaning: 'The credential is of a kind Google does not take.',
  },
  'key-leaked': { blame: 'key', next: 'next-key', meaning: 'Google reports the key as leaked.' },
  'key-blocked': {
    blame: 'key',
    next: 'next-key',
    meaning: 'A restriction on the key forbids this call.',
  },
  'project-suspended': {
    blame: 'project',
    next: 'next-key',
    meaning: 'The project is suspended or denied.',
  },
  'service-disabled': {
    blame: 'project',
    next: 'next-key',
    meaning: 'The Gemini API is not enabled in the project.',
  },
  'project-unfunded': {
    blame: 'project',
    next: 'next-key',
    meaning: 'Prepaid credit is gone, or a spending cap is met.',
  },
  'project-needs-billing': {
    blame: 'project',
    next: 'next-key',
    meaning: 'The free tier is not available to this project.',
  },
  'quota-spent': {
    blame: 'lane',
    next: 'next-key',
    meaning: 'A quota of this project and model is exhausted until a known time.',
  },
  'quota-zero': {
    blame: 'lane',
    next: 'next-key',
    meaning: 'The project has no quota at all for this model.',
  },
  'quota-unknown': {
    blame: 'lane',
    next: 'next-key',
    meaning: 'A 429 that does not say which quota.',
  },
  'model-closed': {
    blame: 'lane',
    next: 'next-key',
    meaning: 'The model is closed to this project for good.',
  },
  'model-not-found': {
    blame: 'lane',
    next: 'next-project-once',
    meaning: 'The model is unknown to this project.',
  },
  'model-overloaded': {
    blame: 'model',
    next: 'retry',
    meaning: 'Google has no capacity for the model, whatever the key.',
  },
  'location-refused': {
    blame: 'egress',
    next: 'deliver',
    meaning: 'Google does not serve the place this request left from.',
  },
  'network-failed': {
    blame: 'egress',
    next: 'retry',
    meaning: 'No answer: the connection failed before or while Google answered.',
  },
  'proxy-failed': {
    blame: 'egress',
    next: 'retry',
    meaning: 'The proxy that the call was to leave by failed, and there are others.',
  },
  'timed-out': {
    blame: 'upstream',
    next: 'retry',
    meaning: 'Google, or we on its behalf, ran out of time.',
  },
  'upstream-failed': {
    blame: 'upstream',
    next: 'retry',
    meaning: 'Google failed: 500, 502 and their like.',
  },
  'stream-cut': {
    blame: 'upstream',
    next: 'deliver',
    meaning: 'The stream ended before its end, after the client had seen a part.',
  },
  'refusal-unknown': {
    blame: 'key',
    next: 'next-key',
    meaning: 'A refusal that no rule describes. MAX_FAILURES in a row cool the key.',
  },
  'client-left': { blame: 'client', next: 'stop', meaning: 'The client went away.' },
} as const satisfies Record<string, Verdict>

export type VerdictName = keyof typeof verdicts

const isVerdictName = (name: string): name is VerdictName => name in verdicts

export const verdictNames: readonly VerdictName[] = Object.keys(verdicts).filter(isVerdictName)
