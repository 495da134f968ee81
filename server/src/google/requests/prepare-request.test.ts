import { describe, expect, test } from 'vitest'
import type { ModelName } from '../models/model-name.ts'
import { prepareGenerate, type PrepareSettings } from './prepare-request.ts'

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
  } = {},
) {
  const model = { ...plain, ...options.model }
  const bytes = Buffer.from(body)
  const prepared = prepareGenerate({
    body: bytes,
    model,
    requested: options.requested ?? model.base,
    settings: { ...noAdditions, ...options.settings },
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

test('where nothing has to change the body is the very same memory', () => {
  expect(prepare(hi).isSame).toBe(true)
  const own = '{"contents":[{"parts":[{"text":"a"}]}], "safety_settings": [ ],"x":1e999}'
  expect(prepare(own, { settings: { safetySettings: safety } }).isSame).toBe(true)
})

test('what is added leaves every other byte as it came', () => {
  const body =
    '{ "contents" : [{"parts":[{"text":"\\u00e9"}]}],"big":123456789012345678901234567890 }'
  const { text } = prepare(body, { settings: { safetySettings: safety } })
  expect(text).toBe(`{"safetySettings":${JSON.stringify(safety)},${body.slice(1)}`)
})

describe('suffixes', () => {
  test('-search adds Google Search to the tools the client has', () => {
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

  test("-search adds nothing that the client's own tools have", () => {
    const own = '{"contents":[{"parts":[{"text":"a"}]}],"tools":[{"google_search":{}}]}'
    expect(prepare(own, { model: { search: true } }).isSame).toBe(true)
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
    ['a computer is used', '{"contents":[{"parts":[{"text":"a"}]}],"tools":[{"computerUse":{}}]}'],
    [
      'the format of the answer is JSON',
      '{"contents":[{"parts":[{"text":"a"}]}],"generationConfig":{"responseFormat":[{"text":{"mimeType":"APPLICATION_JSON"}}]}}',
    ],
    [
      'the answer is to be JSON',
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

  test('-image asks for pictures and drops the system instruction', () => {
    const body =
      '{"system_instruction":{"parts":[{"text":"s"}]},"contents":[{"parts":[{"text":"a"}]}]}'
    expect(json(prepare(body, { model: { image: true } }).text)).toMatchObject({
      generationConfig: { responseModalities: ['TEXT', 'IMAGE'] },
      system_instruction: null,
    })
  })

  test('-non-thinking thinks as little as the model can, unless the client says how much', () => {
    expect(json(prepare(hi, { model: { nonThinking: true } }).text)['generationConfig']).toEqual({
      thinkingConfig: { thinkingBudget: 0 },
    })
    const own =
      '{"contents":[{"parts":[{"text":"a"}]}],"generationConfig":{"thinking_config":{"thinkingBudget":5}}}'
    expect(prepare(own, { model: { nonThinking: true } }).isSame).toBe(true)
  })
})

describe('THINKING_BUDGET_MAP', () => {
  test('goes by the full name first', () => {
    const requested = `${plain.base}-search`
    const settings = { thinkingBudgetMap: { [plain.base]: -1, [requested]: 500 } }
    const { text } = prepare(hi, { model: { search: true }, requested, settings })
    expect(json(text)['generationConfig']).toMatchObject({
      thinkingConfig: { thinkingBudget: 500 },
    })
  })

  test('with 0 is as little as the model can, and asks for no thoughts', () => {
    expect(budgetOf0('gemini-2.5-flash')).toEqual({ thinkingConfig: { thinkingBudget: 0 } })
    expect(budgetOf0('gemini-3.8-flash')).toEqual({ thinkingConfig: { thinkingLevel: 'LOW' } })
  })

  test('takes the place of a null', () => {
    const settings = { thinkingBudgetMap: { [plain.base]: 7 }, showThinkingProcess: false }
    const thinking = '"thinkingConfig":{"thinkingBudget":7}'
    expect(prepare(withConfig('null'), { settings }).text).toBe(withConfig(`{${thinking}}`))
    expect(prepare(withConfig('{}'), { settings }).text).toBe(withConfig(`{${thinking}}`))
    expect(prepare(withConfig('{"thinking_config":null,"topK":1}'), { settings }).text).toBe(
      withConfig('{"thinking_config":{"thinkingBudget":7},"topK":1}'),
    )
  })

  test('goes by the base name, also under a suffix', () => {
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

  test('adds to the generationConfig the client has, in place', () => {
    const body = '{"generationConfig": {"temperature": 1.0},"contents":[{"parts":[{"text":"a"}]}]}'
    const settings = { thinkingBudgetMap: { [plain.base]: 7 }, showThinkingProcess: false }
    expect(prepare(body, { settings }).text).toBe(
      '{"generationConfig": {"thinkingConfig":{"thinkingBudget":7},"temperature": 1.0},"contents":[{"parts":[{"text":"a"}]}]}',
    )
  })
})

test('safety settings that are null are none', () => {
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

test('code execution is not added for a model that draws', () => {
  const settings = { toolsCodeExecutionEnabled: true }
  expect(prepare(hi, { model: { base: 'gemini-3.1-flash-image' }, settings }).isSame).toBe(true)
})

test('code execution is not added beside inline data', () => {
  const picture = '{"contents":[{"parts":[{"inlineData":{"mimeType":"image/png","data":"AA=="}}]}]}'
  const settings = { toolsCodeExecutionEnabled: true }
  expect(prepare(picture, { settings }).isSame).toBe(true)
  expect(json(prepare(hi, { settings }).text)['tools']).toEqual([{ codeExecution: {} }])
})

describe('empty contents and parts', () => {
  test('are taken out', () => {
    const body =
      '{"contents":[{"role":"user"},{"parts":[]},{"role":"user","parts":[{},{"text":"a"}]},{"parts":[{"text":""}]}],"x":1}'
    expect(json(prepare(body).text)).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'a' }] }, { parts: [{ text: '' }] }],
      x: 1,
    })
  })

  test('are not found where a part stands without its list', () => {
    const body = '{"contents":[{"parts":{"text":"a"}},"b",{"parts":["c"]},{"parts":[]}]}'
    expect(json(prepare(body).text)).toEqual({
      contents: [{ parts: { text: 'a' } }, 'b', { parts: ['c'] }],
    })
  })

  test('are left for Google to refuse when nothing else would remain', () => {
    expect(prepare('{"contents":[{"parts":[]}]}').isSame).toBe(true)
    expect(prepare('{"contents":[]}').isSame).toBe(true)
  })
})

test('a body that names its model names the one that Google knows', () => {
  const body = '{"model":"models/gemini-2.5-flash-search","contents":[{"parts":[{"text":"a"}]}]}'
  const { text } = prepare(body, { model: { search: true }, requested: 'gemini-2.5-flash-search' })
  expect(json(text)['model']).toBe('models/gemini-2.5-flash')
})

test('files and caches make a request depend on their project', () => {
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

test('the opening of a conversation stays the same while it goes on, and differs from others', () => {
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

test('pictures do not count by their bytes', () => {
  const data = 'A'.repeat(400_000)
  const { estimatedInputTokens } = prepare(
    `{"contents":[{"parts":[{"inlineData":{"data":"${data}"}}]}]}`,
  )
  expect(estimatedInputTokens).toBeLessThan(500)
})
