/** The APIs that clients speak, as a token is allowed them and the request log names them. */
export const clientDialects = ['gemini', 'openai', 'openai-native'] as const
export type ClientDialect = (typeof clientDialects)[number]
