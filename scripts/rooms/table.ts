/** What a room of `server/src` may import, `contract` aside. The one source of the linter's import rules and of the table in ARCHITECTURE.md. */
export type Room = {
  /** Rooms it may import. */
  readonly may: readonly string[]
  /** What it is, for ARCHITECTURE.md. */
  readonly what: string
  /** Others may import only files that lie directly in it. */
  readonly closed?: true
}

/** From the top floor down: a room imports only rooms below it. */
export const rooms = {
  main: {
    may: ['app'],
    what: 'refuses an old Node before anything else is read, then starts `app/start`',
  },
  app: {
    may: [
      'admin',
      'dialects',
      'storage',
      'resources',
      'telemetry',
      'gateway',
      'keys',
      'auth',
      'http',
      'google',
      'settings',
      'log',
      'runtime',
    ],
    what: 'builds the program: every part, in the order of need; `commands/`; `start/` is the process: environment, signals, greeting',
  },
  admin: {
    may: [
      'http',
      'auth',
      'resources',
      'telemetry',
      'gateway',
      'keys',
      'google',
      'settings',
      'log',
      'runtime',
    ],
    what: 'the admin API: `http/` on the wire, a folder a resource, `compat/` for the Python program',
  },
  dialects: {
    may: ['http', 'auth', 'resources', 'gateway', 'google', 'runtime'],
    what: 'what clients speak, a folder each; `translate/` is what translated dialects share',
  },
  storage: {
    may: ['resources', 'telemetry', 'keys', 'auth', 'settings', 'log', 'runtime'],
    what: 'the stores of all rooms, on SQLite, MySQL and PostgreSQL',
    closed: true,
  },
  resources: {
    may: ['gateway', 'keys', 'google', 'runtime'],
    what: 'what must be found again after a request: thought signatures',
  },
  telemetry: {
    may: ['gateway', 'keys', 'google', 'runtime'],
    what: 'what happened: request log, usage, metrics, live events',
  },
  gateway: {
    may: ['keys', 'auth', 'google', 'log', 'runtime'],
    what: 'one request to Google and back: the loop, attempts, hold-back, connections, proxies',
  },
  keys: {
    may: ['google', 'log', 'runtime'],
    what: 'which key serves, and what an outcome does to it; no I/O but through its arguments',
    closed: true,
  },
  auth: { may: ['runtime'], what: 'who calls, and may they: clients and admins' },
  http: {
    may: ['runtime'],
    what: 'one port: listener, router, client connections, bodies, pages, health',
  },
  google: {
    may: ['runtime'],
    what: "Google's API as types and pure functions: verdicts, errors, answers, requests, models, platforms",
  },
  settings: { may: ['log', 'runtime'], what: 'environment and database merged; live change' },
  log: { may: [], what: 'the log, the scrubber, `Secret`' },
  runtime: {
    may: [],
    what: 'clock, calendars, slices of the event loop, write-behind, ids, client signal, sink',
  },
} as const satisfies Record<string, Room>

/** Inside `dialects`: no dialect imports another. */
export const dialectFolders = ['gemini', 'openai'] as const
