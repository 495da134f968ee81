import { expect, test } from 'vitest'
import { healthyProjects, useGateway } from '../support/gateway.ts'
import { useClient } from './client.ts'

const gateway = useGateway({ fake: { projects: healthyProjects(2) } })
const openai = useClient('openai', gateway)
const model = 'gemini-3.8-flash'

test.each(['', '/v1', '/hf/v1', '/openai/v1', '/v1beta/openai', '/v1/v1beta'])(
  'OpenAI’s client works below %j',
  async (path) => {
    expect(await openai.run('answer', { model, prompt: 'a', path })).toMatchObject({
      text: 'You said: a',
      finish: 'stop',
    })
  },
)

test('its own loop calls the tools and gets an answer', async () => {
  const prompt = 'Use get_weather and get_time'
  expect(await openai.run('runTools', { model, prompt })).toEqual({
    text: expect.stringMatching(/fog.*\n?.*noon/),
  })
})

test('it sees which field of a request is wrong', async () => {
  const seen = await openai.failureOf('answer', { model, prompt: 'a', temperature: 5 })
  expect(seen).toMatchObject({ status: 400, param: 'temperature' })
  expect(seen.classes).toContain('BadRequestError')
})

test('it sees that a model is not there', async () => {
  const seen = await openai.failureOf('answer', { model: 'gemini-0', prompt: 'a' })
  expect(seen).toMatchObject({ status: 404, code: 'model_not_found' })
  expect(seen.classes).toContain('NotFoundError')
})
