/** Why a known token may not be used. */
export type TokenProblem = 'disabled' | 'expired' | 'dialect'
