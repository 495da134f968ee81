import { Pool } from 'undici'
import type { Children } from './children.ts'
import { sendRequests } from './load.ts'
import { memoryMb } from './process-figures.ts'
import { startFake, startGateway } from './subjects.ts'

export type MemoryResult = {
  readonly bodies: number
  readonly bodyMb: number
  readonly idleRssMb: number
  readonly peakRssMb: number
  readonly elapsedMs: number
}

const bytesPerMegabyte = 1024 * 1024

/** Sends large bodies through the gateway at once and reads the peak memory of its process. */
export async function measureMemory(
  children: Children,
  { bodies, bodyMb }: { bodies: number; bodyMb: number },
): Promise<MemoryResult> {
  const fake = await startFake(children)
  const gateway = await startGateway(children, fake.address)
  const idleRssMb = memoryMb(gateway.pid, 'VmRSS')
  const pool = new Pool(gateway.address, { connections: bodies, headersTimeout: 0 })
  const result = await sendRequests(pool, requestSet(bodyMb), {
    count: bodies,
    concurrency: bodies,
  })
  await pool.destroy()
  return {
    bodies,
    bodyMb,
    idleRssMb,
    peakRssMb: memoryMb(gateway.pid, 'VmHWM'),
    elapsedMs: result.elapsedMs,
  }
}

export function memoryReport(result: MemoryResult): string {
  const { bodies, bodyMb, idleRssMb, peakRssMb, elapsedMs } = result
  return [
    `${bodies} bodies of ${bodyMb} MB at a time through the gateway, all answered, in ${(elapsedMs / 1000).toFixed(1)} s`,
    '',
    `RSS before  ${idleRssMb.toFixed(0).padStart(6)} MB`,
    `RSS at peak ${peakRssMb.toFixed(0).padStart(6)} MB  (VmHWM; the bodies alone are ${bodies * bodyMb} MB)`,
  ].join('\n')
}

/** A request with an inline image of the given size. */
function requestSet(bodyMb: number) {
  const [before = '', after = ''] = JSON.stringify({
    contents: [
      {
        role: 'user',
        parts: [{ text: 'What is this?' }, { inlineData: { mimeType: 'image/png', data: '|' } }],
      },
    ],
  }).split('|')
  const data = Buffer.alloc(bodyMb * bytesPerMegabyte - before.length - after.length, 'A')
  return {
    path: '/v1beta/models/gemini-3.8-flash:generateContent',
    headers: { 'content-type': 'application/json', 'x-goog-api-key': 'bench-token' },
    bodies: [Buffer.concat([Buffer.from(before), data, Buffer.from(after)])],
  }
}
