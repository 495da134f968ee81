// `npm start`: builds what is missing or stale, then becomes the server, signals and exit code included.
import { buildIfStale } from './build.mjs'

try {
  buildIfStale()
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}
await import('../server/dist/main.js')
