// `npm run dev`: the server from its source, started again on every change, and the pages by Vite. Ctrl+C ends both.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

const server = ['--conditions=source', '--import', 'tsx', '--watch', 'server/src/main.ts']
const pages = [`${root}node_modules/vite/bin/vite.js`]

const children = [
  spawn(process.execPath, server, { cwd: root, stdio: 'inherit' }),
  spawn(process.execPath, pages, { cwd: `${root}web`, stdio: 'inherit' }),
]

function stop(): void {
  for (const child of children) child.kill('SIGTERM')
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
for (const child of children) {
  child.once('exit', (code) => {
    // One without the other is of no use.
    process.exitCode ??= code ?? 0
    stop()
  })
}
