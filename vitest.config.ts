import { defineConfig } from 'vitest/config'

const source = { resolve: { conditions: ['source'] }, ssr: { resolve: { conditions: ['source'] } } }

type Tests = { readonly include?: string[]; readonly globalSetup?: string[] }

const project = (
  name: string,
  folder: string,
  { include = ['src/**/*.test.ts', 'test/**/*.test.ts'], globalSetup = [] }: Tests = {},
) => ({
  ...source,
  test: {
    name,
    root: folder,
    include,
    globalSetup,
    testTimeout: 30_000,
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
        globalSetup: ['../clients/install.mjs'],
      }),
      project('simulation', 'simulation', { include: ['**/*.test.ts'] }),
    ],
    reporters: ['default', './scripts/plain-line-reporter.ts'],
    maxWorkers: 2,
  },
})
