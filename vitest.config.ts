import { defineConfig } from 'vitest/config'

const source = { resolve: { conditions: ['source'] }, ssr: { resolve: { conditions: ['source'] } } }

const project = (name: string, folder: string) => ({
  ...source,
  test: {
    name,
    root: folder,
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
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
    ],
    reporters: ['default', './scripts/plain-line-reporter.ts'],
    maxWorkers: 2,
  },
})
