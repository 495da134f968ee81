/** The cause of an attempt's outcome. */
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
 * The next step of a request.
 * `deliver`: the answer is sent to the client.
 * `next-key`: an attempt with another key, up to MAX_KEY_SWITCHES and the deadline; does not count towards MAX_RETRIES.
 * `next-project-once`: one attempt in another project, which does not count either; then `deliver`.
 * `retry`: another attempt, up to MAX_RETRIES.
 * `retry-once`: at most one more attempt, within MAX_RETRIES; then `deliver`.
 * `stop`: the request ends without an answer.
 */
export type Next = 'deliver' | 'next-key' | 'next-project-once' | 'retry' | 'retry-once' | 'stop'

type Verdict = { blame: Blame; next: Next; meaning: string }

/** Every way an attempt can end. Effects (`keys/effects/`), the next step, the request log and the metrics depend on these names. */
export const verdicts = {
  answered: { blame: 'nobody', next: 'deliver', meaning: 'Google answered.' },
  'answer-withheld': {
    blame: 'client',
    next: 'deliver',
    meaning: 'Google withheld the answer: a blocked prompt, safety or recitation.',
  },
  'answer-empty': {
    blame: 'upstream',
    next: 'retry',
    meaning: 'Google answered 200 without content, or with a malformed function call.',
  },
  'request-refused': {
    blame: 'client',
    next: 'deliver',
    meaning: 'Google refused the request as invalid.',
  },
  'resource-denied': {
    blame: 'client',
    next: 'deliver',
    meaning: 'The project has no access to a file, cache, batch, store or operation.',
  },
  'credentials-doubled': {
    blame: 'us',
    next: 'retry-once',
    meaning: 'Google received more than one credential.',
  },
  'bearer-refused': {
    blame: 'us',
    next: 'next-key',
    meaning: "Google's OpenAI endpoint refuses this kind of key, which may work elsewhere.",
  },
  'key-invalid': {
    blame: 'key',
    next: 'next-key',
    meaning: 'The key is invalid, expired or deleted.',
  },
  'key-unauthenticated': {
    blame: 'key',
    next: 'next-key',
    meaning: 'Google refuses this kind of credential.',
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
    meaning: 'The project is suspended, denied or deleted.',
  },
  'service-disabled': {
    blame: 'project',
    next: 'next-key',
    meaning: 'The Gemini API is not enabled in the project.',
  },
  'project-unfunded': {
    blame: 'project',
    next: 'next-key',
    meaning: 'Prepaid credit is used up, or a spending cap is reached.',
  },
  'project-needs-billing': {
    blame: 'project',
    next: 'next-key',
    meaning: 'The free tier is not available to this project.',
  },
  'quota-spent': {
    blame: 'lane',
    next: 'next-key',
    meaning: 'A quota of this project and model is used up until a known time.',
  },
  'quota-zero': {
    blame: 'lane',
    next: 'next-key',
    meaning: 'The project has no quota for this model.',
  },
  'quota-unknown': {
    blame: 'lane',
    next: 'next-key',
    meaning: 'Google answered 429 without naming a known quota.',
  },
  'model-closed': {
    blame: 'lane',
    next: 'next-key',
    meaning: 'The model is permanently closed to this project.',
  },
  'model-not-found': {
    blame: 'lane',
    next: 'next-project-once',
    meaning: 'The project has no such model.',
  },
  'model-overloaded': {
    blame: 'model',
    next: 'retry',
    meaning: 'Google has no capacity for the model, for any key.',
  },
  'location-refused': {
    blame: 'egress',
    next: 'deliver',
    meaning: 'Google does not serve the location that the request came from.',
  },
  'network-failed': {
    blame: 'egress',
    next: 'retry',
    meaning: 'The connection to Google failed before or during the answer.',
  },
  'proxy-failed': {
    blame: 'egress',
    next: 'retry',
    meaning: 'The proxy of the call failed, and there are other proxies.',
  },
  'timed-out': {
    blame: 'upstream',
    next: 'retry-once',
    meaning: 'Google did not answer in time.',
  },
  'upstream-failed': {
    blame: 'upstream',
    next: 'retry',
    meaning: 'Google answered with a server error, such as 500 or 502.',
  },
  'stream-cut': {
    blame: 'upstream',
    next: 'deliver',
    meaning: 'The stream was cut after the client had received a part of it.',
  },
  'refusal-unknown': {
    blame: 'key',
    next: 'next-key',
    meaning: 'Google answered 403 for an unknown reason; MAX_FAILURES in a row cool the key.',
  },
  'client-left': { blame: 'client', next: 'stop', meaning: 'The client closed the connection.' },
} as const satisfies Record<string, Verdict>

export type VerdictName = keyof typeof verdicts

/** Only a model that exists ends a call with one of these, so they prove the name that a client sent. */
export const modelProofs: ReadonlySet<VerdictName> = new Set<VerdictName>([
  'answered',
  'answer-withheld',
  'answer-empty',
  'stream-cut',
  'quota-spent',
  'quota-zero',
  'model-closed',
  'model-overloaded',
])

const isVerdictName = (name: string): name is VerdictName => name in verdicts

export const verdictNames: readonly VerdictName[] = Object.keys(verdicts).filter(isVerdictName)
