import { describe, expect, test } from 'vitest'
import type { ModelName } from '../models/model-name.ts'
import { prepareGenerate, type PrepareSettings } from './prepare-generate.ts'

const noAdditions: PrepareSettings = {
  safetySettings: [],
  thinkingBudgetMap: {},
  showThinkingProcess: true,
  toolsCodeExecutionEnabled: false,
  urlContextEnabled: false,
  urlContextModels: [],
}
const safety = [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'OFF' }]
const plain: ModelName = {
  base: 'gemini-2.5-flash',
  search: false,
  image: false,
  nonThinking: false,
}

function prepare(
  body: string,
  options: {
    model?: Partial<ModelName>
    settings?: Partial<PrepareSettings>
    requested?: string
    cleansSchemas?: boolean
  } = {},
) {
  const model = { ...plain, ...options.model }
  const bytes = Buffer.from(body)
  const prepared = prepareGenerate({
    body: bytes,
    model,
    requested: options.requested ?? model.base,
    settings: { ...noAdditions, ...options.settings },
    cleansSchemas: options.cleansSchemas ?? false,
  })
  const text = Buffer.concat(prepared.body).toString()
  return { ...prepared, isSame: prepared.body.length === 1 && prepared.body[0] === bytes, text }
}
const hi = '{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}'
const json = (text: string): Record<string, unknown> => JSON.parse(text)
const withTools = (tools: string) => `{"tools": ${tools},"contents":[{"parts":[{"text":"a"}]}]}`
const withConfig = (config: string) =>
  `{"generation_config":${config},"contents":[{"parts":[{"text":"a"}]}]}`
const opening = (body: string) => Buffer.concat(prepare(body).opening).toString()
function budgetOf0(base: string): unknown {
  const settings = { thinkingBudgetMap: { [base]: 0 } }
  return json(prepare(hi, { model: { base }, settings }).text)['generationConfig']
}

test('an unchanged body is the same buffer', () => {
  expect(prepare(hi).isSame).toBe(true)
  const body = '{"contents":[{"parts":[{"text":"a"}]}], "safety_settings": [ ],"x":1e999}'
  expect(prepare(body, { settings: { safetySettings: safety } }).isSame).toBe(true)
})

test('additions keep all other bytes of the body', () => {
  const body =
    '{ "contents" : [{"parts":[{"text":"\\u00e9"}]}],"big":123456789012345678901234567890 }'
  const { text } = prepare(body, { settings: { safetySettings: safety } })
  expect(text).toBe(`{"safetySettings":${JSON.stringify(safety)},${body.slice(1)}`)
})

describe('suffixes', () => {
  test('-search adds Google Search to the client’s tools', () => {
    expect(json(prepare(hi, { model: { search: true } }).text)['tools']).toEqual([
      { googleSearch: {} },
    ])
    const search = { model: { search: true } }
    expect(prepare(withTools('[{"urlContext":{"n":1.0}} ]'), search).text).toBe(
      withTools('[{"urlContext":{"n":1.0}} ,{"googleSearch":{}}]'),
    )
    expect(prepare(withTools('[ ]'), search).text).toBe(withTools('[ {"googleSearch":{}}]'))
    expect(prepare(withTools('null'), search).text).toBe(withTools('[{"googleSearch":{}}]'))
    expect(prepare(withTools('{"urlContext":{}}'), search).text).toBe(
      withTools('[{"urlContext":{}},{"googleSearch":{}}]'),
    )
  })

  test("-search adds nothing when the client's tools have Google Search", () => {
    const body = '{"contents":[{"parts":[{"text":"a"}]}],"tools":[{"google_search":{}}]}'
    expect(prepare(body, { model: { search: true } }).isSame).toBe(true)
  })

  test.each([
    [
      'functions are declared',
      '{"contents":[{"parts":[{"text":"a"}]}],"tools":[{"function_declarations":[]}]}',
    ],
    ['a function was called', '{"contents":[{"parts":[{"functionCall":{"name":"f"}}]}]}'],
    [
      'the tools are in a cache',
      '{"contents":[{"parts":[{"text":"a"}]}],"cachedContent":"cachedContents/x"}',
    ],
    ['computer use is on', '{"contents":[{"parts":[{"text":"a"}]}],"tools":[{"computerUse":{}}]}'],
    [
      'responseFormat is JSON',
      '{"contents":[{"parts":[{"text":"a"}]}],"generationConfig":{"responseFormat":[{"text":{"mimeType":"APPLICATION_JSON"}}]}}',
    ],
    [
      'responseMimeType is JSON',
      '{"contents":[{"parts":[{"text":"a"}]}],"generation_config":{"response_mime_type":"application/json"}}',
    ],
  ])('no tool is added when %s', (_name, body) => {
    const settings = {
      toolsCodeExecutionEnabled: true,
      urlContextEnabled: true,
      urlContextModels: [plain.base],
    }
    expect(prepare(body, { model: { search: true }, settings }).isSame).toBe(true)
  })

  test('-image requests images and removes the system instruction', () => {
    const body =
      '{"system_instruction":{"parts":[{"text":"s"}]},"contents":[{"parts":[{"text":"a"}]}]}'
    expect(json(prepare(body, { model: { image: true } }).text)).toMatchObject({
      generationConfig: { responseModalities: ['TEXT', 'IMAGE'] },
      system_instruction: null,
    })
  })

  test('-non-thinking sets the least thinking of the model, unless the client sets its own', () => {
    expect(json(prepare(hi, { model: { nonThinking: true } }).text)['generationConfig']).toEqual({
      thinkingConfig: { thinkingBudget: 0 },
    })
    const body =
      '{"contents":[{"parts":[{"text":"a"}]}],"generationConfig":{"thinking_config":{"thinkingBudget":5}}}'
    expect(prepare(body, { model: { nonThinking: true } }).isSame).toBe(true)
  })
})

describe('THINKING_BUDGET_MAP', () => {
  test('prefers the full name', () => {
    const requested = `${plain.base}-search`
    const settings = { thinkingBudgetMap: { [plain.base]: -1, [requested]: 500 } }
    const { text } = prepare(hi, { model: { search: true }, requested, settings })
    expect(json(text)['generationConfig']).toMatchObject({
      thinkingConfig: { thinkingBudget: 500 },
    })
  })

  test('of 0 sets the least thinking of the model and requests no thoughts', () => {
    expect(budgetOf0('gemini-2.5-flash')).toEqual({ thinkingConfig: { thinkingBudget: 0 } })
    expect(budgetOf0('gemini-3.8-flash')).toEqual({ thinkingConfig: { thinkingLevel: 'LOW' } })
  })

  test('replaces null', () => {
    const settings = { thinkingBudgetMap: { [plain.base]: 7 }, showThinkingProcess: false }
    const thinking = '"thinkingConfig":{"thinkingBudget":7}'
    expect(prepare(withConfig('null'), { settings }).text).toBe(withConfig(`{${thinking}}`))
    expect(prepare(withConfig('{}'), { settings }).text).toBe(withConfig(`{${thinking}}`))
    expect(prepare(withConfig('{"thinking_config":null,"topK":1}'), { settings }).text).toBe(
      withConfig('{"thinking_config":{"thinkingBudget":7},"topK":1}'),
    )
  })

  test('applies to the base name of a model with a suffix', () => {
    const settings = { thinkingBudgetMap: { [plain.base]: -1 } }
    const { text } = prepare(hi, {
      model: { search: true },
      requested: `${plain.base}-search`,
      settings,
    })
    expect(json(text)['generationConfig']).toEqual({
      thinkingConfig: { thinkingBudget: -1, includeThoughts: true },
    })
  })

  test('is inserted into the client’s generationConfig', () => {
    const body = '{"generationConfig": {"temperature": 1.0},"contents":[{"parts":[{"text":"a"}]}]}'
    const settings = { thinkingBudgetMap: { [plain.base]: 7 }, showThinkingProcess: false }
    expect(prepare(body, { settings }).text).toBe(
      '{"generationConfig": {"thinkingConfig":{"thinkingBudget":7},"temperature": 1.0},"contents":[{"parts":[{"text":"a"}]}]}',
    )
  })
})

test('safety settings that are null count as absent', () => {
  const body = '{"contents":[{"parts":[{"text":"a"}]}],"safetySettings":null}'
  const { text } = prepare(body, { settings: { safetySettings: safety } })
  expect(json(text)['safetySettings']).toEqual(safety)
})

test.each(['gemini-3.8-flash-tts', 'gemini-2.5-flash-preview-tts'])(
  'nothing is added for %s',
  (base) => {
    const settings = {
      safetySettings: safety,
      toolsCodeExecutionEnabled: true,
      urlContextEnabled: true,
      urlContextModels: [base],
    }
    expect(prepare(hi, { model: { base }, settings }).isSame).toBe(true)
  },
)

test('code execution is not added for an image model', () => {
  const settings = { toolsCodeExecutionEnabled: true }
  expect(prepare(hi, { model: { base: 'gemini-3.1-flash-image' }, settings }).isSame).toBe(true)
})

test('code execution is not added to requests with inline data', () => {
  const image = '{"contents":[{"parts":[{"inlineData":{"mimeType":"image/png","data":"AA=="}}]}]}'
  const settings = { toolsCodeExecutionEnabled: true }
  expect(prepare(image, { settings }).isSame).toBe(true)
  expect(json(prepare(hi, { settings }).text)['tools']).toEqual([{ codeExecution: {} }])
})

describe('empty contents and parts', () => {
  test('are removed', () => {
    const body =
      '{"contents":[{"role":"user"},{"parts":[]},{"role":"user","parts":[{},{"text":"a"}]},{"parts":[{"text":""}]}],"x":1}'
    expect(json(prepare(body).text)).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'a' }] }, { parts: [{ text: '' }] }],
      x: 1,
    })
  })

  test('never include a part without a list or an invalid value', () => {
    const body = '{"contents":[{"parts":{"text":"a"}},"b",{"parts":["c"]},{"parts":[]}]}'
    expect(json(prepare(body).text)).toEqual({
      contents: [{ parts: { text: 'a' } }, 'b', { parts: ['c'] }],
    })
  })

  test('do not exceed the stack, however many', () => {
    const body = `{"contents":[${Array(200_000).fill('{"parts":[{},{"text":"a"}]}').join()}]}`
    expect(prepare(body).text).not.toContain('{}')
  })

  test('are kept for Google to refuse when nothing would remain', () => {
    expect(prepare('{"contents":[{"parts":[]}]}').isSame).toBe(true)
    expect(prepare('{"contents":[]}').isSame).toBe(true)
  })
})

test('the model in the body is replaced by the base model', () => {
  const body = '{"model":"models/gemini-2.5-flash-search","contents":[{"parts":[{"text":"a"}]}]}'
  const { text } = prepare(body, { model: { search: true }, requested: 'gemini-2.5-flash-search' })
  expect(json(text)['model']).toBe('models/gemini-2.5-flash')
})

test('requests with files, caches, continuation tokens or stores use a resource', () => {
  expect(prepare(hi).usesResource).toBe(false)
  expect(prepare('{"contents":[],"cachedContent":"cachedContents/x"}').usesResource).toBe(true)
  expect(
    prepare('{"contents":[{"parts":[{"file_data":{"fileUri":"files/x"}}]}]}').usesResource,
  ).toBe(true)
  expect(prepare('{"contents":[],"continuationToken":"AA"}').usesResource).toBe(true)
  expect(prepare('{"contents":[],"cachedContent":null}').usesResource).toBe(false)
  const store = '"tools":[{"fileSearch":{"fileSearchStoreNames":["fileSearchStores/x"]}}]'
  expect(prepare(`{"contents":[],${store}}`).usesResource).toBe(true)
})

test('the opening is the same in all turns of a conversation and differs between conversations', () => {
  const first = '{"role":"user","parts":[{"text":"Name a colour."}]}'
  const begun = opening(`{"systemInstruction":{"parts":[]},"contents":[${first}]}`)
  const later = opening(
    `{"contents":[${first},{"role":"model","parts":[{"text":"Red."}]}],"systemInstruction":{"parts":[]}}`,
  )
  expect(later).toBe(begun)
  expect(opening(`{"contents":[${first}]}`)).not.toBe(begun)
  const long = (end: string) =>
    opening(`{"contents":[{"parts":[{"text":"${'x'.repeat(50_000)}${end}"}]}]}`)
  expect(long('a')).not.toBe(long('b'))
  expect(long('a').length).toBeLessThan(20_000)
})

test('the token estimate does not depend on the bytes of images', () => {
  const data = 'A'.repeat(400_000)
  const { estimatedInputTokens } = prepare(
    `{"contents":[{"parts":[{"inlineData":{"data":"${data}"}}]}]}`,
  )
  expect(estimatedInputTokens).toBeLessThan(500)
})

test('a response schema that Google refuses is repaired in native requests only', () => {
  const body = withConfig('{"response_schema":{"type":["string","null"]},"topK":1}')
  const settings = { thinkingBudgetMap: { [plain.base]: 0 } }
  expect(json(prepare(body, { settings, cleansSchemas: true }).text)['generation_config']).toEqual({
    response_schema: null,
    responseJsonSchema: { type: ['string', 'null'] },
    thinkingConfig: { thinkingBudget: 0 },
    topK: 1,
  })
  expect(prepare(body).isSame).toBe(true)
})
