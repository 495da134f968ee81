import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { chatRequest } from './chat-request.ts'
import { imageModelFor, readImageOptions } from './image-chat.ts'
import { checkRequest } from '../../../translate/read-request.ts'
import { startTestGateway, token, type TestGateway } from '../../../testing/test-gateway.ts'

const imageModel = 'gemini-3.1-flash-image'
const model = `${imageModel}-chat`

const optionsIn = (content: unknown) =>
  readImageOptions(checkRequest(chatRequest, { model, messages: [{ role: 'user', content }] }))

describe('the name of an image model with -chat', () => {
  const settings = { createImageModel: imageModel }

  test('selects that model; other names select none', () => {
    expect(imageModelFor(model, settings)).toBe(imageModel)
    expect(imageModelFor(imageModel, settings)).toBeUndefined()
    expect(imageModelFor('-chat', { createImageModel: '' })).toBeUndefined()
  })

  test('selects the successor of Imagen, which Google has shut down', () => {
    const old = { createImageModel: 'imagen-3.0-generate-002' }
    expect(imageModelFor('imagen-3.0-generate-002-chat', old)).toBe(imageModel)
  })
})

describe('the options in a prompt', () => {
  test('are read and removed', () => {
    const { chat, count, aspectRatio } = optionsIn('a cat {n:2} on a mat {ratio:16:9}')
    expect({ count, aspectRatio }).toEqual({ count: 2, aspectRatio: '16:9' })
    expect(chat.messages[0]?.content).toBe('a cat  on a mat')
  })

  test('are read in text parts too', () => {
    const { chat, count } = optionsIn([{ type: 'text', text: '{n:3}' }])
    expect(count).toBe(3)
    expect(chat.messages[0]?.content).toEqual([{ type: 'text', text: '' }])
  })

  test('are optional', () => {
    expect(optionsIn(' a cat ')).toMatchObject({ count: undefined, aspectRatio: undefined })
  })

  test.each(['{n:0}', '{n:5}', '{ratio:2:1}'])(
    'with an invalid value are refused: %s',
    (option) => {
      expect(() => optionsIn(`a cat ${option}`)).toThrow(
        expect.objectContaining({ param: 'messages[0].content' }),
      )
    },
  )
})

describe('a chat with an image model', () => {
  let gateway: TestGateway
  let client: OpenAI
  beforeAll(async () => {
    gateway = await startTestGateway()
    client = new OpenAI({ apiKey: token, baseURL: `${gateway.url}/v1`, maxRetries: 0 })
  })
  beforeEach(() => gateway.fake.clearReceived())
  afterAll(() => gateway.close())

  const messages = [{ role: 'user' as const, content: 'a cat {n:2} {ratio:16:9}' }]
  const shape =
    /!\[Generated Image 1\]\(data:image\/png;base64,[^)]+\)[^]*\n!\[Generated Image 2\]\(data:/

  test('gets the requested number and aspect ratio of images in one choice', async () => {
    const answer = await client.chat.completions.create({ model, messages })
    expect(answer.model).toBe(model)
    expect(answer.choices).toHaveLength(1)
    expect(answer.choices[0]?.message.content).toMatch(shape)
    expect(answer.choices[0]?.finish_reason).toBe('stop')
    expect(gateway.received()).toHaveLength(2)
    for (const body of gateway.received()) {
      expect(body['generationConfig']).toMatchObject({ imageConfig: { aspectRatio: '16:9' } })
      expect(JSON.stringify(body['contents'])).not.toContain('{n:')
    }
  })

  test('gets the same as a stream', async () => {
    const whole = await client.chat.completions.create({ model, messages })
    const stream = client.chat.completions.stream({ model, messages })
    const { choices } = await stream.finalChatCompletion()
    expect(choices).toHaveLength(1)
    expect(choices[0]?.message.content).toBe(whole.choices[0]?.message.content)
  })

  test('uses n when the prompt has no number', async () => {
    await client.chat.completions.create({
      model,
      n: 3,
      messages: [{ role: 'user', content: 'a cat' }],
    })
    expect(gateway.received()).toHaveLength(3)
  })

  test('is at the end of the model list', async () => {
    const ids = []
    for await (const { id } of client.models.list()) ids.push(id)
    expect(ids.at(-1)).toBe(model)
    expect((await client.models.retrieve(model)).id).toBe(model)
  })
})
