import { z } from 'zod'

const safetyCategories = [
  'HARM_CATEGORY_HARASSMENT',
  'HARM_CATEGORY_HATE_SPEECH',
  'HARM_CATEGORY_SEXUALLY_EXPLICIT',
  'HARM_CATEGORY_DANGEROUS_CONTENT',
]
/** A safety setting of the Gemini API. */
export const safetySetting = z.strictObject({
  category: z.string().min(1),
  threshold: z.string().min(1),
})
export const defaultSafety = safetyCategories.map((category) => ({ category, threshold: 'OFF' }))
