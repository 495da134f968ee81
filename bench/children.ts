import { spawn, type ChildProcess } from 'node:child_process'

export type Launch = {
  readonly name: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly folder?: string
  /** Returns the address once the output shows that the process is ready. */
  readonly ready: (printed: string) => string | undefined
}

export type Child = { readonly name: string; readonly pid: number; readonly address: string }

const startTimeoutMs = 20_000
const stopTimeoutMs = 5_000
const maxKeptOutput = 20_000

/** Child processes, killed when the run ends for any reason. */
export function createChildren() {
  const running = new Set<ChildProcess>()
  const killAll = () => {
    for (const child of running) child.kill('SIGKILL')
  }
  process.once('exit', killAll)

  return {
    async start(launch: Launch): Promise<Child> {
      const child = spawn(process.execPath, launch.args, {
        cwd: launch.folder,
        // The caller's environment must not change settings of the measured process.
        env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...launch.env },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      running.add(child)
      child.once('exit', () => running.delete(child))
      const address = await untilReady(child, launch)
      if (child.pid === undefined) throw new Error(`${launch.name} has no pid.`)
      return { name: launch.name, pid: child.pid, address }
    },
    async stopAll(): Promise<void> {
      await Promise.all([...running].map(stop))
      process.off('exit', killAll)
    },
  }
}

export type Children = ReturnType<typeof createChildren>

function untilReady(child: ChildProcess, { name, ready }: Launch): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = ''
    const fail = (what: string) => reject(new Error(`${name} ${what}.\n${printed}`))
    const timer = setTimeout(fail, startTimeoutMs, 'did not become ready')
    const read = (piece: Buffer) => {
      // Keep reading: a process with a full pipe blocks.
      if (printed.length < maxKeptOutput) printed += piece.toString()
      const address = ready(printed)
      if (address === undefined) return
      clearTimeout(timer)
      resolve(address)
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('error', (error) => fail(`could not be started: ${error.message}`))
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      fail(`ended with ${code ?? signal}`)
    })
  })
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs)
    child.once('exit', () => {
      clearTimeout(timer)
      resolve()
    })
    child.kill('SIGTERM')
  })
}
