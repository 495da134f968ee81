import { z } from 'zod'
import { googleExtras } from './google-extras.ts'
import { mediaTypes, readMedia } from '../../../translate/content/read-media.ts'

const text = z.object({ type: z.literal('text'), text: z.string() })
/** As the Responses API names it. */
const otherText = z
  .object({ type: z.enum(['input_text', 'output_text']), text: z.string() })
  .transform((part) => ({ type: 'text' as const, text: part.text }))
const refusal = z.object({ type: z.literal('refusal'), refusal: z.string() })

/** A file in any of its shapes; a text file may carry its text. */
const media = z.looseObject({ type: z.enum(mediaTypes) }).transform((part, context) => {
  if (part.type === 'text-plain' && typeof part['text'] === 'string') {
    return { type: 'text' as const, text: part['text'] }
  }
  const read = readMedia(part.type, part)
  if (!('missing' in read)) return { type: 'media' as const, media: read }
  context.issues.push({
    code: 'custom',
    path: read.missing.split('.'),
    message: 'must be base64, a data URL or an address',
    input: part,
  })
  return z.NEVER
})

const contentPart = z.discriminatedUnion('type', [text, otherText, refusal, media], {
  error: ({ code }) =>
    code === 'invalid_union'
      ? 'must be text, image_url, input_audio, video_url or file'
      : undefined,
})
export type ContentPart = z.output<typeof contentPart>

const content = z.union([z.string(), z.array(contentPart)]).nullish()

const extraContent = z
  .object({
    google: z.object({ thought_signature: z.string().nullish().catch(undefined) }).nullish(),
  })
  .nullish()
  .catch(undefined)

const calledFunction = z.object({
  name: z.string().min(1),
  // OpenAI defines a JSON text; some clients send the object.
  arguments: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish(),
})

const toolCall = z.object({
  id: z.string().nullish(),
  type: z.literal('function').nullish(),
  function: calledFunction,
  extra_content: extraContent,
})
export type ToolCall = z.output<typeof toolCall>

const named = { name: z.string().nullish() }

const message = z.discriminatedUnion('role', [
  z.object({ role: z.enum(['system', 'developer']), content, ...named }),
  z.object({ role: z.literal('user'), content, ...named }),
  z.object({
    // `model` is Gemini's role; the Python program accepts it too.
    role: z.enum(['assistant', 'model']),
    content,
    refusal: z.string().nullish(),
    tool_calls: z.array(toolCall).nullish(),
    function_call: calledFunction.nullish(),
    extra_content: extraContent,
    ...named,
  }),
  z.object({ role: z.literal('tool'), content, tool_call_id: z.string().nullish(), ...named }),
  z.object({ role: z.literal('function'), content, name: z.string().min(1) }),
])
export type ChatMessage = z.output<typeof message>
export type AssistantMessage = Extract<ChatMessage, { role: 'assistant' | 'model' }>

const functionTool = z.object({
  name: z.string().min(1),
  description: z.string().nullish(),
  parameters: z.unknown().optional(),
})
export type FunctionTool = z.output<typeof functionTool>

/** Without a type, `function` or a name makes a tool a function. */
const isFunction = ({ type, function: called, name }: Record<string, unknown>): boolean =>
  type === 'function' ||
  ((type === undefined || type === null) && (called !== undefined || name !== undefined))

/** Clients may leave the type out. */
const functionType = z
  .literal('function')
  .nullish()
  .transform(() => 'function' as const)

/** A function in `tools` as in the legacy `functions`. */
const plainFunction = functionTool
  .extend({ type: z.null().optional() })
  .transform(({ type: _none, ...one }) => ({ type: 'function' as const, function: one }))

/** A function tool, also without its type, or a built-in tool of OpenAI or Google in any shape. */
const tool = z.union([
  z.object({ type: functionType, function: functionTool }),
  plainFunction,
  z.looseObject({ type: z.string().nullish() }).refine((one) => !isFunction(one), {
    message: 'a tool of type function must have a function with a name',
    path: ['function'],
    // Without it the union reports only this issue, not the one inside the function.
    abort: true,
  }),
])
export type ChatTool = z.output<typeof tool>

const namedFunction = z.object({ name: z.string() })
const toolChoice = z.union([
  z.enum(['auto', 'none', 'required', 'any']),
  z.object({ type: functionType, function: namedFunction }),
  z.object({
    type: z.literal('allowed_tools'),
    allowed_tools: z.object({
      mode: z.enum(['auto', 'required']),
      tools: z.array(z.looseObject({ function: namedFunction.nullish() })),
    }),
  }),
])

const responseFormat = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('json_object') }),
  z.object({
    type: z.literal('json_schema'),
    json_schema: z.object({ name: z.string().nullish(), schema: z.unknown().optional() }),
  }),
])
export type ResponseFormat = z.output<typeof responseFormat>

const int = z.number().int()

/** Strict on known fields. Unknown ones are accepted and named in the header of dropped fields. */
export const chatRequest = z.looseObject({
  model: z.string().min(1),
  messages: z.array(message).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_k: z.number().nullish(),
  n: int.min(1).max(8).nullish(),
  stop: z.union([z.string(), z.array(z.string())]).nullish(),
  max_tokens: int.nullish(),
  max_completion_tokens: int.nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  seed: int.nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: int.min(0).max(20).nullish(),
  reasoning_effort: z.string().nullish(),
  response_format: responseFormat.nullish(),
  tools: z.union([z.array(tool), tool.transform((one) => [one])]).nullish(),
  tool_choice: toolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  functions: z.array(functionTool).nullish(),
  function_call: z.union([z.enum(['auto', 'none']), namedFunction]).nullish(),
  service_tier: z.string().nullish(),
  modalities: z.array(z.string()).nullish(),
  web_search_options: z.looseObject({}).nullish(),
  extra_body: z.looseObject({ google: googleExtras }).nullish(),
  google: googleExtras,
})
export type ChatRequest = z.output<typeof chatRequest>
