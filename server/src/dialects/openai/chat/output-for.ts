import {
  createStreamOutput,
  createWholeOutput,
  type ChatOutput,
  type OutputOptions,
  type StreamOutputOptions,
} from './chat-output.ts'
import type { ChatRequest } from './chat-request.ts'
import type { OpenAiDeps, OpenAiRequest, OpenAiSettings } from '../openai-deps.ts'
import { createPacedOutput } from '../../translate/paced-output.ts'
import type { TextPace } from '../../translate/text-pace.ts'
import { droppedHeader } from '../../translate/warnings.ts'

/** Where the answer to a request goes: whole or as a stream, as fast as it comes or at an even pace. */
export function outputFor(
  deps: OpenAiDeps,
  request: OpenAiRequest,
  { chat, dropped }: { chat: ChatRequest; dropped: string | undefined },
): ChatOutput {
  const settings = deps.settings()
  const options: OutputOptions = {
    client: request.client,
    envelope: {
      id: `chatcmpl-${request.id}`,
      created: Math.floor(deps.forward.clock.now() / 1000),
      model: chat.model,
    },
    headers: { 'x-request-id': request.id, ...(dropped ? { [droppedHeader]: dropped } : {}) },
  }
  if (chat.stream !== true) return createWholeOutput(options)
  return streamOutput(deps, options, {
    withUsage: chat.stream_options?.include_usage === true,
    keepAliveMs: settings.streamKeepAliveSeconds * 1000,
    heartbeatMs: settings.fakeStreamEnabled
      ? settings.fakeStreamEmptyDataIntervalSeconds * 1000
      : 0,
  })
}

function streamOutput(
  deps: OpenAiDeps,
  options: OutputOptions,
  stream: StreamOutputOptions,
): ChatOutput {
  const output = createStreamOutput(options, stream)
  if (!deps.settings().streamOptimizerEnabled) return output
  return createPacedOutput(output, options.client.signal, () => paceOf(deps.settings()))
}

const paceOf = (settings: OpenAiSettings): TextPace => ({
  minDelayMs: settings.streamMinDelay * 1000,
  maxDelayMs: settings.streamMaxDelay * 1000,
  short: settings.streamShortTextThreshold,
  long: settings.streamLongTextThreshold,
  pieceSize: settings.streamChunkSize,
})
