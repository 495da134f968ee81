/** The methods of Google's models that the model's own quota counts. */
const modelMethods: ReadonlySet<string> = new Set([
  'generateContent',
  'streamGenerateContent',
  'generateAnswer',
  'embedContent',
  'batchEmbedContents',
  'batchGenerateContent',
  'asyncBatchEmbedContent',
  'predict',
  'predictLongRunning',
])

/** The lane of a call. `countTokens` has a separate quota; an unknown method must not close the lane of the model. */
export function laneOf(model: string, method: string): string {
  return modelMethods.has(method) ? model : `${model}:${labelOf(method)}`
}

/** Whether Google takes POST only. */
export const isPostOnly = (method: string): boolean =>
  modelMethods.has(method) || method === 'countTokens'

/** The label of a method. Clients may invent names, so those that are not known share one. */
export function labelOf(method: string): string {
  return isPostOnly(method) ? method : 'other'
}
