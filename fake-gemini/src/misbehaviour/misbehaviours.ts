import { continuationToken } from '../answer/continuation.ts'
import type { Plan } from '../answer/plan.ts'
import type { GoogleError } from '../wire/google-error.ts'
import type { Delivery } from './delivery.ts'
import { replacement } from './replacement.ts'
import type { Replacement } from './replacement.ts'

/** A misbehaviour has one or more of three effects: `replace`, `change`, `deliver`. */
export type Misbehaviour = {
  readonly name: string
  readonly description: string
  /** Meaning of the number after the name, if it takes one. */
  readonly count?: { readonly meaning: string; readonly default: number }
  /** Applies only to the first `count` calls with the same id. */
  readonly firstCallsOnly?: boolean
  /** Replaces the answer; no quota is used. */
  readonly replace?: (count: number) => Replacement
  /** Changes the content of the answer. */
  readonly change?: (plan: Plan, count: number) => Plan
  /** Changes how the answer is sent. */
  readonly deliver?: (count: number) => Partial<Delivery>
}

const respondWithError =
  (error: GoogleError): (() => Replacement) =>
  () => ({ kind: 'error', error })

const empty: Pick<Plan, 'parts' | 'thoughts' | 'thoughtTokens'> = {
  parts: [],
  thoughts: '',
  thoughtTokens: 0,
}

const finish =
  (finishReason: string, finishMessage?: string) =>
  (plan: Plan): Plan => ({
    ...plan,
    ...empty,
    finishReason,
    ...(finishMessage === undefined ? {} : { finishMessage }),
  })

const events = (fallback: number) => ({ meaning: 'events', default: fallback })
const calls = { meaning: 'calls', default: 1 }
const bytesPerMegabyte = 1_048_576

const harassment = [{ category: 'HARM_CATEGORY_HARASSMENT', probability: 'HIGH', blocked: true }]

function filler(length: number): string {
  const pattern = 'chunk after chunk, '
  return pattern.repeat(Math.ceil(length / pattern.length)).slice(0, length)
}

const answers: readonly Misbehaviour[] = [
  {
    name: 'empty-stop',
    description: 'A candidate that stops without a single part.',
    change: finish('STOP'),
  },
  {
    name: 'empty-first',
    description: 'Empty candidates for the first calls with this id, then normal answers.',
    count: calls,
    firstCallsOnly: true,
    change: finish('STOP'),
  },
  {
    name: 'malformed-function-call',
    description: 'Finishes with MALFORMED_FUNCTION_CALL and a message, without parts.',
    change: finish('MALFORMED_FUNCTION_CALL', 'Malformed function call: print(default_api.'),
  },
  {
    name: 'unexpected-tool-call',
    description: 'Finishes with UNEXPECTED_TOOL_CALL, without parts.',
    change: finish('UNEXPECTED_TOOL_CALL'),
  },
  {
    name: 'blocked-prompt',
    description: 'promptFeedback with a block reason, and no candidates.',
    change: (plan) => ({
      ...plan,
      ...empty,
      promptFeedback: { blockReason: 'PROHIBITED_CONTENT', safetyRatings: harassment },
    }),
  },
  {
    name: 'safety',
    description: 'Finishes with SAFETY and safety ratings, without parts.',
    change: (plan) => ({
      ...finish('SAFETY')(plan),
      candidateExtras: { safetyRatings: harassment },
    }),
  },
  {
    name: 'recitation',
    description: 'Finishes with RECITATION after some text, with a citation.',
    change: (plan) => ({
      ...plan,
      finishReason: 'RECITATION',
      candidateExtras: {
        citationMetadata: { citationSources: [{ endIndex: 8, uri: 'https://example.com/' }] },
      },
    }),
  },
  {
    name: 'max-tokens-empty',
    description: 'Thoughts use the whole budget: `content: {}` and MAX_TOKENS.',
    change: (plan) => ({ ...finish('MAX_TOKENS')(plan), thoughtTokens: 3 }),
  },
  {
    name: 'not-json',
    description: 'Plain text, also where JSON is asked for.',
    change: (plan) => ({ ...plan, parts: [{ text: 'I would rather say it in words.' }] }),
  },
  {
    name: 'fenced-json',
    description: 'JSON with a city and days, in a Markdown fence.',
    change: (plan) => ({
      ...plan,
      parts: [{ text: '```json\n{"city": "Paris", "days": 3}\n```\n' }],
    }),
  },
  {
    name: 'unknown-finish',
    description: 'An unknown finish reason.',
    change: (plan) => ({ ...plan, finishReason: 'SOMETHING_NEW' }),
  },
  {
    name: 'continuation',
    description: 'The answer continues in more segments, each requested with a token.',
    count: { meaning: 'more segments', default: 1 },
    change: (plan, count) =>
      plan.segment >= count
        ? plan
        : {
            ...plan,
            finishReason: 'CONTINUATION',
            candidateExtras: { continuationToken: continuationToken(plan.segment + 1) },
          },
  },
  {
    name: 'huge-inline-data',
    description: 'N megabytes of inline data, in one event on one line.',
    count: { meaning: 'megabytes', default: 11 },
    change: (plan, count) => ({
      ...plan,
      parts: [
        { inlineData: { mimeType: 'image/png', data: 'A'.repeat(count * bytesPerMegabyte) } },
      ],
    }),
  },
  {
    name: 'bytes',
    description: 'Text pieces of N bytes; with `chunks-N` the total is exact.',
    count: { meaning: 'bytes', default: 100 },
    change: (plan, count) => ({ ...plan, parts: [{ text: filler(count * (plan.pieces ?? 4)) }] }),
  },
]

const deliveries: readonly Misbehaviour[] = [
  {
    name: 'chunks',
    description: 'The text in N pieces.',
    count: events(5),
    deliver: (pieces) => ({ pieces }),
  },
  {
    name: 'long-stream',
    description: 'A stream of N text pieces of 40 bytes.',
    count: events(1000),
    change: (plan, count) => ({ ...plan, parts: [{ text: filler(count * 40) }] }),
    deliver: (pieces) => ({ pieces }),
  },
  {
    name: 'cut-after',
    description:
      'The socket is destroyed after N events, or in the middle of an answer without stream.',
    count: events(2),
    deliver: (cutAfter) => ({ cutAfter }),
  },
  {
    name: 'error-after',
    description: 'An error event (503) after N normal events; the status stays 200.',
    count: events(2),
    deliver: (errorAfter) => ({ errorAfter }),
  },
  {
    name: 'hang-after',
    description: 'Nothing more is sent after N events; the connection stays open.',
    count: events(2),
    deliver: (hangAfter) => ({ hangAfter }),
  },
  {
    name: 'slow',
    description: 'A pause before each event.',
    count: { meaning: 'milliseconds', default: 200 },
    deliver: (chunkDelayMs) => ({ chunkDelayMs }),
  },
  {
    name: 'ticking',
    description: 'The first event again and again, each with the time of its writing.',
    count: { meaning: 'milliseconds', default: 1000 },
    deliver: (tickMs) => ({ tickMs }),
  },
  {
    name: 'delay',
    description: 'A pause before the answer begins.',
    count: { meaning: 'milliseconds', default: 1000 },
    deliver: (delayMs) => ({ delayMs }),
  },
  {
    name: 'split-utf8',
    description: 'Multi-byte text, flushed seven bytes at a time.',
    change: (plan) => ({
      ...plan,
      parts: [{ text: 'héllo wörld, 你好世界 🌍🚀 — done. '.repeat(3) }],
    }),
    deliver: () => ({ splitBytes: true }),
  },
  {
    name: 'no-final-blank-line',
    description: 'The last event of a stream has no blank line after it.',
    deliver: () => ({ finalBlankLine: false }),
  },
]

const replacements: readonly Misbehaviour[] = [
  {
    name: 'empty-200',
    description: 'Status 200 and no body.',
    replace: () => ({ kind: 'raw', status: 200, contentType: 'application/json', body: '' }),
  },
  {
    name: 'not-json-200',
    description: 'Status 200 and a body that is not JSON.',
    replace: () => ({
      kind: 'raw',
      status: 200,
      contentType: 'application/json; charset=UTF-8',
      body: '<html>Sign in to the network</html>',
    }),
  },
  {
    name: 'error-first',
    description: 'An error before any content, with status N (400, 429, 499, 500, 503, 504).',
    count: { meaning: 'status', default: 503 },
    replace: (status) => ({ kind: 'error', error: replacement.serverError(status) }),
  },
  {
    name: 'overloaded-first',
    description: 'Overloaded (503) for the first calls with this id, then normal answers.',
    count: calls,
    firstCallsOnly: true,
    replace: respondWithError(replacement.serverError(503)),
  },
  {
    name: 'internal-first',
    description: 'Internal errors (500) for the first calls with this id, then normal answers.',
    count: calls,
    firstCallsOnly: true,
    replace: respondWithError(replacement.serverError(500)),
  },
  {
    name: 'hang',
    description: 'Never answers.',
    replace: () => ({ kind: 'hang' }),
  },
  {
    name: 'connection-reset',
    description: 'The socket is destroyed before the first byte.',
    replace: () => ({ kind: 'reset' }),
  },
  {
    name: 'reset-first',
    description: 'The socket is destroyed for the first calls with this id, then normal answers.',
    count: calls,
    firstCallsOnly: true,
    replace: () => ({ kind: 'reset' }),
  },
  {
    name: 'html-502',
    description: 'A 502 in HTML, as Google’s front end sends it.',
    replace: () => replacement.html(502, 'Bad Gateway'),
  },
  {
    name: 'html-413',
    description: 'A 413 in HTML, as Google sends for a body that is too large.',
    replace: () => replacement.html(413, 'Request Entity Too Large'),
  },
  {
    name: 'unknown-status',
    description: 'An unusual status.',
    count: { meaning: 'status', default: 418 },
    replace: (status) => ({
      kind: 'error',
      error: {
        code: status,
        message: 'Short and stout.',
        status: 'UNKNOWN',
        verdict: 'misbehaved',
      },
    }),
  },
  {
    name: 'location',
    description: 'The 400 for a client address in a country that is not served.',
    replace: respondWithError(replacement.ofKeyState('location')),
  },
  {
    name: 'bare-429',
    description: 'A 429 without details.',
    replace: respondWithError(replacement.ofKeyState('bare-429')),
  },
  {
    name: 'limit-zero',
    description: 'A 429 with `limit: 0`: the model is not part of the project’s tier.',
    replace: () => ({ kind: 'limit-zero' }),
  },
]

export const misbehaviours: readonly Misbehaviour[] = [...answers, ...deliveries, ...replacements]
