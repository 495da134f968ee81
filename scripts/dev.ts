// `npm run dev`: runs the server from source, restarted on every change, and Vite for the pages. Ctrl+C stops both.
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
    // If one ends, stop the other.
    process.exitCode ??= code ?? 0
    stop()
  })
}
