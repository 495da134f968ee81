import { z } from 'zod'

export const { GATEWAY_URL: gatewayUrl, GATEWAY_TOKEN: token } = process.env

export const cities = z.object({ city: z.string(), unit: z.enum(['celsius', 'fahrenheit']) })
export const zones = z.object({ zone: z.string() })

/** Two tools that a model calls at once. */
export const tools = [
  {
    name: 'get_weather',
    description: 'The weather in a city',
    schema: cities,
    result: { weather: 'fog' },
  },
  { name: 'get_time', description: 'The time in a zone', schema: zones, result: { time: 'noon' } },
]

export const resultOf = (name) => tools.find((tool) => tool.name === name)?.result

/** A structure as programs ask for: nested, with a list, a choice, and values that may be missing. */
export const recipe = z.object({
  title: z.string(),
  minutes: z.number().int(),
  difficulty: z.enum(['easy', 'hard']),
  note: z.string().nullable(),
  ingredients: z.array(z.object({ name: z.string(), grams: z.number() })),
})

/** An image of one pixel. */
export const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
export const pngDataUrl = `data:image/png;base64,${png}`
