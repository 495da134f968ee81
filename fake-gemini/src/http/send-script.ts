import type { ScriptRule } from '../scripts.ts'
import { cutConnection, hang, pause, write } from './call.ts'
import type { Call } from './call.ts'

const betweenSplitsMs = 2

export async function sendScript(call: Call, rule: ScriptRule): Promise<void> {
  call.record.verdict = 'script'
  if (rule.delayMs !== undefined && !(await pause(call, rule.delayMs))) return
  if (rule.hang === true) return hang(call)
  const body =
    rule.bodyBase64 === undefined
      ? Buffer.from(rule.body ?? '')
      : Buffer.from(rule.bodyBase64, 'base64')
  const cutAt = rule.cutAfterBytes
  if (cutAt === 0) return cutConnection(call)
  const status = rule.status ?? 200
  call.record.status = status
  call.response.writeHead(status, {
    'content-type': 'application/json; charset=UTF-8',
    ...rule.headers,
  })
  const sent = cutAt === undefined ? body : body.subarray(0, cutAt)
  const ends = [...new Set([...(rule.splitAt ?? []), sent.length])]
    .filter((end) => end > 0 && end <= sent.length)
    .toSorted((a, b) => a - b)
  let start = 0
  for (const end of ends) {
    const isFirst = start === 0
    const waitMs = rule.chunkDelayMs ?? betweenSplitsMs
    if (!isFirst && !(await pause(call, waitMs))) return
    if (!(await write(call, sent.subarray(start, end)))) return
    start = end
  }
  if (cutAt === undefined) call.response.end()
  else cutConnection(call)
}
