/** Why a known token may not be used. */
export type TokenProblem = 'disabled' | 'expired' | 'dialect'

export function sentenceFor(problem: TokenProblem): string {
  switch (problem) {
    case 'disabled':
      return 'This token has been disabled by the operator of this gateway.'
    case 'expired':
      return 'This token has expired. The operator of this gateway can give it more time.'
    case 'dialect':
      return 'This token may not be used with this API. The operator of this gateway says with which it may.'
  }
}
