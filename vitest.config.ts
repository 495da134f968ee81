import { defineConfig } from 'vitest/config'

const source = { resolve: { conditions: ['source'] }, ssr: { resolve: { conditions: ['source'] } } }

const project = (
  name: string,
  folder: string,
  include = ['src/**/*.test.ts', 'test/**/*.test.ts'],
) => ({
  ...source,
  test: {
    name,
    root: folder,
    include,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})

export default defineConfig({
  test: {
    projects: [
      project('contract', 'contract'),
      project('fake-gemini', 'fake-gemini'),
      project('server', 'server'),
      project('simulation', 'simulation', ['**/*.test.ts']),
    ],
    reporters: ['default', './scripts/plain-line-reporter.ts'],
    maxWorkers: 2,
  },
})
