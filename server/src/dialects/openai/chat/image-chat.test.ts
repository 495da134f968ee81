import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { chatRequest } from './chat-request.ts'
import { imageModelFor, readImageOptions } from './image-chat.ts'
import { checkRequest } from '../../translate/read-request.ts'
import { startTestGateway, token, type TestGateway } from '../../testing/test-gateway.ts'

const painter = 'gemini-3.1-flash-image'
const model = `${painter}-chat`

const wish = (content: unknown) =>
  readImageOptions(checkRequest(chatRequest, { model, messages: [{ role: 'user', content }] }))

describe('the name of an image model with -chat', () => {
  const settings = { createImageModel: painter }

  test('asks that model for pictures, and no other name does', () => {
    expect(imageModelFor(model, settings)).toBe(painter)
    expect(imageModelFor(painter, settings)).toBeUndefined()
    expect(imageModelFor('-chat', { createImageModel: '' })).toBeUndefined()
  })

  test('asks the successor of Imagen, which Google gave up', () => {
    const old = { createImageModel: 'imagen-3.0-generate-002' }
    expect(imageModelFor('imagen-3.0-generate-002-chat', old)).toBe(painter)
  })
})

describe('the marks of a prompt', () => {
  test('are read and taken out of it', () => {
    const { chat, count, aspectRatio } = wish('a cat {n:2} on a mat {ratio:16:9}')
    expect({ count, aspectRatio }).toEqual({ count: 2, aspectRatio: '16:9' })
    expect(chat.messages[0]?.content).toBe('a cat  on a mat')
  })

  test('are read in the texts of a list as well', () => {
    const { chat, count } = wish([{ type: 'text', text: '{n:3}' }])
    expect(count).toBe(3)
    expect(chat.messages[0]?.content).toEqual([{ type: 'text', text: '' }])
  })

  test('may be missing', () => {
    expect(wish(' a cat ')).toMatchObject({ count: undefined, aspectRatio: undefined })
  })

  test.each(['{n:0}', '{n:5}', '{ratio:2:1}'])(
    'that ask for what there is not, as %s, are refused',
    (mark) => {
      expect(() => wish(`a cat ${mark}`)).toThrow(
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

  test('gets as many pictures as it wishes for, in one answer, in the form it wishes for', async () => {
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

  test('takes n where no mark says how many', async () => {
    await client.chat.completions.create({
      model,
      n: 3,
      messages: [{ role: 'user', content: 'a cat' }],
    })
    expect(gateway.received()).toHaveLength(3)
  })

  test('is offered at the end of the list', async () => {
    const ids = []
    for await (const { id } of client.models.list()) ids.push(id)
    expect(ids.at(-1)).toBe(model)
    expect((await client.models.retrieve(model)).id).toBe(model)
  })
})
