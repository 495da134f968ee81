import { verdicts, verdictNames } from './verdicts.ts'

export type Result = 'success' | 'failure' | 'left'

const results = new Map<string, Result>(
  verdictNames.map((name) => [
    name,
    name === 'answer-withheld' || verdicts[name].blame === 'nobody' ? 'success' : 'failure',
  ]),
).set('client-left', 'left')

/** How statistics count a verdict. A withheld answer is a success; `left` is neither success nor failure. */
export const resultOf = (verdict: string): Result => results.get(verdict) ?? 'failure'
