/** Google's ids of models: letters, digits, dots, dashes and underscores. Anything else could change the path of a call. */
const modelId = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/

export const isModelId = (text: string): boolean => modelId.test(text)
