// `npm start`: builds what is missing or stale, then becomes the server, signals and exit code included.
import { buildIfStale } from './build.mjs'

const parentCheckMs = 500

/** npm starts us through a shell, which dies of SIGTERM without passing it on: its end is our signal. */
function stopWithParent() {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM')
  }, parentCheckMs).unref()
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => clearInterval(timer))
}

try {
  buildIfStale()
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}
if (process.env.npm_lifecycle_event) stopWithParent()
await import('../server/dist/main.js')
