import { describe, expect, test } from 'vitest'
import { healthyProjects, useGateway } from '../support/gateway.ts'
import { useClient } from './client.ts'

const gateway = useGateway({ fake: { projects: healthyProjects(2) } })
const model = 'gemini-3.8-flash'

const versions = ['ai-sdk-6', 'ai-sdk-7']
const providers = ['google', 'openai-compatible']
const names = versions.flatMap((sdk) => providers.map((provider) => `${sdk}-${provider}`))

describe.each(names)('%s', (name) => {
  const client = useClient(name, gateway)

  test('streams thoughts before the text', async () => {
    expect(await client.run('streamThoughts', { model, prompt: 'Think' })).toEqual({
      text: 'You said: Think',
      reasoning: expect.stringContaining('Considering the request'),
    })
  })

  test('generates an object', async () => {
    expect(await client.run('structureAlone', { model, prompt: 'A recipe' })).toMatchObject({
      title: 'some title',
      ingredients: [{ name: 'some name', grams: 1 }],
    })
  })
})
