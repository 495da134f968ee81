import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createToolNames } from '../../../translate/tool-names.ts'
import { chatRequest } from './chat-request.ts'
import { ClientError } from '../../../client-error.ts'
import { remoteFilesOf } from './messages.ts'
import { modelTraits } from '../../../../google/models/model-traits.ts'
import { checkRequest } from '../../../translate/read-request.ts'
import { readRecording } from '../../../../runtime/testing/recordings.ts'
import { openStrictGemini } from '../../../testing/strict-gemini.ts'
import { translateRequest } from './translate-request.ts'
import { droppedFields } from '../../../translate/warnings.ts'

const png = { mimeType: 'image/png', data: 'QUJD' }

function translate(body: object, model = 'gemini-3.8-flash') {
  const request = checkRequest(chatRequest, { ...body, model })
  const traits = modelTraits(model)
  return translateRequest(request, {
    traits,
    settings: { showThoughts: true },
    files: new Map(remoteFilesOf(request.messages, traits).map(({ url }) => [url, png])),
    findSignature: () => undefined,
    toolNames: createToolNames([]),
  })
}

const messages = [{ role: 'user', content: 'hi' }]

describe('a whole request', () => {
  test('reports its dropped fields', () => {
    const { warnings } = translate({
      messages,
      user: 'ann',
      metadata: {},
      logit_bias: null,
      parallel_tool_calls: false,
      service_tier: 'scale',
      max_tokens: -1,
    })
    expect(droppedFields(warnings)).toBe(
      'max_tokens, parallel_tool_calls, service_tier, user, metadata',
    )
  })

  test('without dropped fields reports nothing', () => {
    const { warnings } = translate({
      messages,
      parallel_tool_calls: true,
      service_tier: 'auto',
      stream: true,
    })
    expect(droppedFields(warnings)).toBeUndefined()
  })

  const snake = {
    thinking_config: { thinking_budget: 5, include_thoughts: false },
    cached_content: 'cachedContents/x',
    safety_settings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'OFF' }],
    aspect_ratio: '1:1',
    image_size: '2K',
  }
  const camel = {
    thinkingConfig: { thinkingBudget: 5, includeThoughts: false },
    cachedContent: snake.cached_content,
    safetySettings: snake.safety_settings,
    aspectRatio: '1:1',
    imageSize: '2K',
  }

  test("takes Google's fields in snake and camel case, in both places", () => {
    const expected = translate({ messages, google: snake })
    expect(expected.value.generationConfig).toMatchObject({
      thinkingConfig: { thinkingBudget: 5, includeThoughts: false },
      imageConfig: { aspectRatio: '1:1', imageSize: '2K' },
    })
    expect(expected.warnings).toEqual([])
    for (const google of [snake, camel]) {
      expect(translate({ messages, extra_body: { google } })).toEqual(expected)
      expect(translate({ messages, google })).toEqual(expected)
    }
  })

  test("reports unknown names among Google's fields as dropped", () => {
    const thinkingConfig = { thinkingBudget: 5, depth: 1 }
    const google = { thinkingConfig, cachedContents: 'x', topK: 1 }
    const { warnings } = translate({ messages, extra_body: { google, other: 1 }, google: snake })
    expect(droppedFields(warnings)).toBe(
      'extra_body.other, extra_body.google.cachedContents, extra_body.google.topK, extra_body.google.thinking_config.depth, google',
    )
    expect(droppedFields(translate({ messages, google: { x: 1 } }).warnings)).toBe('google.x')
  })

  test("carries Google's own fields", () => {
    const safety = { category: 'HARM_CATEGORY_HARASSMENT', threshold: 'OFF' }
    const google = { cached_content: 'cachedContents/x', safety_settings: [safety] }
    expect(
      translate({ messages, extra_body: { google }, service_tier: 'flex' }).value,
    ).toMatchObject({
      cachedContent: 'cachedContents/x',
      safetySettings: [safety],
      serviceTier: 'flex',
    })
  })

  test('without content is refused with the field', () => {
    expect(() => translate({ messages: [{ role: 'user', content: '' }] })).toThrow(
      expect.objectContaining({ param: 'messages' }),
    )
  })
})

describe('a strict Gemini', () => {
  let gemini: Awaited<ReturnType<typeof openStrictGemini>>
  beforeAll(async () => {
    gemini = await openStrictGemini()
  })
  afterAll(() => gemini.fake.close())

  const recorded = readRecording('openai-chat-requests.jsonl')

  test
    .skipIf(recorded === undefined)
    .each(['gemini-3.8-flash', 'gemini-2.5-flash', 'gemini-4-argon', 'gemini-3.1-flash-lite'])(
    'accepts recorded requests of real clients, translated for %s',
    async (model) => {
      const refused: (string | undefined)[] = []
      for (const { id, body } of recorded ?? []) {
        try {
          const { value } = translate(Object(body), model)
          expect(await gemini.send(model, value), String(id)).toBeUndefined()
        } catch (error) {
          if (!(error instanceof ClientError)) throw error
          refused.push(error.param)
        }
      }
      expect(refused).not.toContain(undefined)
      expect(refused.length).toBeLessThanOrEqual((recorded?.length ?? 0) * 0.05)
    },
  )

  test.each(['none', 'minimal', 'low', 'medium', 'high', 'xhigh'])(
    'accepts the effort %s for every model',
    async (reasoning_effort) => {
      const listed = await fetch(`${gemini.fake.url}/v1beta/models?pageSize=1000`, {
        headers: { 'x-goog-api-key': 'test-key' },
      })
      const { models } = Object(await listed.json())
      for (const { name, supportedGenerationMethods } of models) {
        if (!supportedGenerationMethods.includes('generateContent')) continue
        const model = String(name).slice('models/'.length)
        if (model.includes('tts')) continue
        const { value } = translate({ messages, reasoning_effort }, model)
        const answer = await gemini.send(model, value)
        // Models for paid projects only are refused with 429.
        if (!answer?.startsWith('429')) expect(answer, model).toBeUndefined()
      }
    },
  )
})
