// `npm start`: builds if necessary, then runs the server in this process.
import { buildIfStale } from './build.mjs'

const parentCheckMs = 500

/** npm runs this in a shell that does not forward SIGTERM, so the end of the parent is the signal. */
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
