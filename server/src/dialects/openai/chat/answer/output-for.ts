import type { DialectServices } from '../../../services.ts'
import type { Output } from '../../../translate/output.ts'
import { createPacedOutput } from '../../../translate/pacing/paced-output.ts'
import type { OutputOptions } from '../../../translate/serve-translated.ts'
import type { TextPace } from '../../../translate/pacing/text-pace.ts'
import { droppedHeader } from '../../../translate/warnings.ts'
import type { ChatEvent } from './chat-events.ts'
import { createStreamOutput, createWholeOutput, type ChatOutputOptions } from './chat-output.ts'
import type { ChatRequest } from '../request/chat-request.ts'
import { paceEvent } from './pace-event.ts'

type Services = Pick<DialectServices, 'settings' | 'now'>
type PaceSettings = ReturnType<Services['settings']>

/** The output for a request: whole, streamed, or streamed at an even pace. */
export function outputFor(
  { settings, now }: Services,
  chat: ChatRequest,
  { request, dropped }: OutputOptions,
): Output<ChatEvent> {
  const options: ChatOutputOptions = {
    client: request.client,
    envelope: {
      id: `chatcmpl-${request.id}`,
      created: Math.floor(now() / 1000),
      model: chat.model,
    },
    headers: dropped ? { [droppedHeader]: dropped } : {},
  }
  if (chat.stream !== true) return createWholeOutput(options)
  const output = createStreamOutput(options, {
    withUsage: chat.stream_options?.include_usage === true,
    keepAliveMs: settings().streamKeepAliveSeconds * 1000,
    heartbeatMs: settings().fakeStreamEnabled
      ? settings().fakeStreamEmptyDataIntervalSeconds * 1000
      : 0,
  })
  if (!settings().streamOptimizerEnabled) return output
  return createPacedOutput(output, {
    signal: request.client.signal,
    pace: (event) => paceEvent(event, paceOf(settings())),
  })
}

const paceOf = (settings: PaceSettings): TextPace => ({
  minDelayMs: settings.streamMinDelay * 1000,
  maxDelayMs: settings.streamMaxDelay * 1000,
  short: settings.streamShortTextThreshold,
  long: settings.streamLongTextThreshold,
  pieceSize: settings.streamChunkSize,
})
