/** The APIs of clients, for the rules of tokens and for the request log. */
export const clientDialects = ['gemini', 'openai', 'openai-native'] as const
export type ClientDialect = (typeof clientDialects)[number]
