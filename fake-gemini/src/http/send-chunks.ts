import { replacement } from '../misbehaviour/replacement.ts'
import type { Delivery } from '../misbehaviour/delivery.ts'
import { errorBody } from '../wire/google-error.ts'
import { spacedJson } from '../wire/spaced-json.ts'
import { cutConnection, hang, pause, write } from './call.ts'
import type { Call } from './call.ts'
import { sendTicks } from './send-ticks.ts'
import { arrayHeaders, prettyJson, sendError, sendJson, sseHeaders } from './send.ts'

const splitSize = 7

type Framing = {
  first: string
  between: string
  last: string
  of(chunk: object): string
  ofError?(error: object): string
}

const sse: Framing = {
  first: '',
  between: '',
  last: '',
  of: (chunk) => `data: ${spacedJson(chunk)}\r\n\r\n`,
}

const openAi: Framing = {
  first: '',
  between: '',
  last: 'data: [DONE]\n\n',
  of: (chunk) => `data: ${JSON.stringify(chunk)}\n\n`,
  // The error is wrapped in a list, and no `[DONE]` follows.
  ofError: (error) => `data: ${JSON.stringify([error])}\n\n`,
}

const array: Framing = {
  first: '[',
  between: ',\r\n',
  last: ']',
  of: (chunk) => prettyJson(chunk),
}

/** Sends events, or elements of a JSON array if `alt=sse` is missing. */
export async function sendChunks(
  call: Call,
  chunks: readonly object[],
  delivery: Delivery,
): Promise<void> {
  const framing = framingOf(call)
  call.record.status = 200
  call.response.writeHead(200, framing === array ? arrayHeaders : sseHeaders)
  if (delivery.tickMs !== undefined) {
    const [before = '', after = ''] = framing.of({ ...chunks[0], writtenAtUs: '|' }).split('"|"')
    return sendTicks(call, { before, after, everyMs: delivery.tickMs })
  }
  for (let index = 0; index < chunks.length; index += 1) {
    if (await endsEarly(call, { delivery, framing, index })) return
    const chunk = chunks[index]
    if (!chunk) return
    const isLast = index === chunks.length - 1
    let text = (index === 0 ? framing.first : framing.between) + framing.of(chunk)
    if (isLast) text = delivery.finalBlankLine ? text + framing.last : text.trimEnd()
    if (delivery.chunkDelayMs > 0 && !(await pause(call, delivery.chunkDelayMs))) return
    const pending = delivery.splitBytes ? await writeSplit(call, text) : write(call, text)
    if (pending === false || (pending !== true && !(await pending))) return
  }
  if (await endsEarly(call, { delivery, framing, index: chunks.length })) return
  call.response.end()
}

function framingOf({ route }: Call): Framing {
  if (route.target.kind === 'openai') return openAi
  return route.query['alt'] === 'sse' ? sse : array
}

/** Ends the stream if a cut, error or hang is due at this index. */
async function endsEarly(
  call: Call,
  at: { delivery: Delivery; framing: Framing; index: number },
): Promise<boolean> {
  const { delivery, framing, index } = at
  if (delivery.cutAfter === index) {
    cutConnection(call)
    return true
  }
  if (delivery.errorAfter === index) {
    const start = index === 0 ? framing.first : framing.between
    const error = errorBody(replacement.serverError(503))
    call.response.end(start + (framing.ofError?.(error) ?? framing.of(error) + framing.last))
    return true
  }
  if (delivery.hangAfter !== index) return false
  call.response.flushHeaders()
  await hang(call)
  return true
}

async function writeSplit(call: Call, text: string): Promise<boolean> {
  const bytes = Buffer.from(text)
  for (let start = 0; start < bytes.length; start += splitSize) {
    if (!(await write(call, bytes.subarray(start, start + splitSize)))) return false
    // Waits one turn of the event loop, so that the pieces are sent separately.
    await new Promise((resolve) => setImmediate(resolve))
  }
  return true
}

/** Sends a whole answer, or fails where a stream would fail. */
export async function sendWhole(call: Call, answer: object, delivery: Delivery): Promise<void> {
  if (delivery.errorAfter !== undefined) return sendError(call, replacement.serverError(503))
  if (delivery.chunkDelayMs > 0 && !(await pause(call, delivery.chunkDelayMs))) return
  const breaks = delivery.cutAfter !== undefined || delivery.hangAfter !== undefined
  if (!breaks && !delivery.splitBytes) return sendJson(call, answer)
  const text = prettyJson(answer)
  call.record.status = 200
  call.response.writeHead(200, arrayHeaders)
  if (!breaks) {
    if (await writeSplit(call, text)) call.response.end()
    return
  }
  await write(call, text.slice(0, text.length / 2))
  if (delivery.cutAfter !== undefined) cutConnection(call)
  else await hang(call)
}
