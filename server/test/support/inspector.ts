import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { WebSocket } from 'undici'

/** The memory of a process that was started with `--inspect`. */
export type ProcessMemory = {
  /** Resident bytes once everything that nothing refers to is collected. */
  collected(): Promise<number>
  close(): void
}

/** `address` is what Node prints: `ws://127.0.0.1:…`. */
export async function openInspector(pid: number, address: string): Promise<ProcessMemory> {
  const socket = new WebSocket(address)
  await once(socket, 'open')
  let last = 0
  return {
    async collected() {
      last += 1
      socket.send(JSON.stringify({ id: last, method: 'HeapProfiler.collectGarbage' }))
      await once(socket, 'message')
      return residentBytes(pid)
    },
    close: () => socket.close(),
  }
}

function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024
}
