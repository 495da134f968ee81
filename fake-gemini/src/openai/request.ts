/** Bodies of the OpenAI endpoint. */
export type ToolCall = {
  id?: string
  function?: { name?: string; arguments?: string }
  extra_content?: { google?: { thought_signature?: string } }
}

export type MessagePart = {
  type?: string
  text?: string
  image_url?: { url?: string }
  input_audio?: { data?: string; format?: string }
}

export type Message = {
  role?: string
  content?: string | readonly MessagePart[] | null
  tool_calls?: readonly ToolCall[]
  tool_call_id?: string
}

export type ChatRequest = {
  model?: string
  messages?: readonly Message[]
  tools?: readonly { function?: { name?: string; description?: string; parameters?: unknown } }[]
  tool_choice?: string | { function?: { name?: string } }
  response_format?: { type?: string; json_schema?: { schema?: unknown } }
  temperature?: number
  top_p?: number
  max_tokens?: number
  max_completion_tokens?: number
  n?: number
  stop?: string | readonly string[]
  stream?: boolean
  stream_options?: { include_usage?: boolean }
  reasoning_effort?: string
  service_tier?: string
  extra_body?: { google?: { thinking_config?: ThinkingConfig; cached_content?: string } }
}

export type ThinkingConfig = {
  include_thoughts?: boolean
  thinking_budget?: number
  thinking_level?: string
}

export type EmbeddingsRequest = {
  model?: string
  input?: string | readonly string[]
  dimensions?: number
  encoding_format?: string
}

export type ImagesRequest = {
  model?: string
  prompt?: string
  n?: number
  response_format?: string
}

/** The known field names and the type of a body. Other names are rejected. */
export type Body<T extends object> = {
  names: ReadonlySet<string>
  is: (value: object) => value is T
}

const wordsOf = (words: string): ReadonlySet<string> => new Set(words.split(' '))
const isObject = (value: object): boolean => !Array.isArray(value)

export const chatBody: Body<ChatRequest> = {
  names: wordsOf(
    'model messages tools tool_choice response_format temperature top_p max_tokens max_completion_tokens n stop seed stream stream_options reasoning_effort service_tier extra_body parallel_tool_calls user',
  ),
  is: (value): value is ChatRequest => isObject(value),
}
export const embeddingsBody: Body<EmbeddingsRequest> = {
  names: wordsOf('model input dimensions encoding_format user'),
  is: (value): value is EmbeddingsRequest => isObject(value),
}
export const imagesBody: Body<ImagesRequest> = {
  names: wordsOf('model prompt n response_format size quality user'),
  is: (value): value is ImagesRequest => isObject(value),
}
