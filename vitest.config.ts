import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = { resolve: { conditions: ['source'] }, ssr: { resolve: { conditions: ['source'] } } }

type Tests = {
  readonly include?: string[]
  readonly globalSetup?: string[]
  readonly testTimeout?: number
}

const project = (
  name: string,
  folder: string,
  {
    include = ['src/**/*.test.ts', 'test/**/*.test.ts'],
    globalSetup = [],
    testTimeout = 30_000,
  }: Tests = {},
) => ({
  ...source,
  test: {
    name,
    root: folder,
    include,
    globalSetup,
    testTimeout,
    hookTimeout: 60_000,
  },
})

export default defineConfig({
  test: {
    projects: [
      project('contract', 'contract'),
      project('fake-gemini', 'fake-gemini'),
      project('server', 'server', { include: ['src/**/*.test.ts', 'test/*.test.ts'] }),
      project('clients', 'server', {
        include: ['test/clients/*.test.ts'],
        globalSetup: [fileURLToPath(new URL('clients/install.mjs', import.meta.url))],
        // Programs start slowly where all cores are busy.
        testTimeout: 120_000,
      }),
      project('simulation', 'simulation', { include: ['**/*.test.ts'] }),
    ],
    reporters: ['default', './scripts/plain-line-reporter.ts'],
    maxWorkers: 2,
  },
})
