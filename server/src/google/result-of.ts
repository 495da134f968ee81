import { verdicts, verdictNames } from './verdicts.ts'

export type Result = 'success' | 'failure' | 'left'

const results = new Map<string, Result>(
  verdictNames.map((name) => [
    name,
    name === 'answer-withheld' || verdicts[name].blame === 'nobody' ? 'success' : 'failure',
  ]),
).set('client-left', 'left')

/** What a verdict counts as. An answer that Google withheld is one; a client that leaves has neither been served nor failed. */
export const resultOf = (verdict: string): Result => results.get(verdict) ?? 'failure'
