import { describe, expect, test } from 'vitest'
import { issueSignature } from '../wire/signature.ts'
import { sendRequest, hello, userMessage, startForTest } from '../testing/send-request.ts'

const generate = (model = 'gemini-3.8-flash') => `/v1beta/models/${model}:generateContent`

async function refusal(body: unknown, model?: string): Promise<string | undefined> {
  const fake = await startForTest()
  const { status, json } = await sendRequest(fake, { path: generate(model), body })
  expect(status).toBe(json.error ? 400 : 200)
  return json.error?.message
}

const declare = (parameters: object) => ({
  ...hello,
  tools: [{ functionDeclarations: [{ name: 'f', parameters }] }],
})
const configure = (generationConfig: object) => ({ ...hello, generationConfig })

describe('the shape of a body', () => {
  test.each([
    [
      'an unknown name',
      { ...hello, generation_config: { x: 1 } },
      `Invalid JSON payload received. Unknown name "x" at 'generation_config': Cannot find field.`,
    ],
    [
      'an unknown name at the top',
      { ...hello, messages: [] },
      'Invalid JSON payload received. Unknown name "messages": Cannot find field.',
    ],
    [
      'a number for a text',
      { contents: [{ parts: [{ text: 1 }] }] },
      "Invalid value at 'contents[0].parts[0].text' (TYPE_STRING), 1",
    ],
    [
      'a text for a number',
      configure({ topK: 'many' }),
      `Invalid value at 'generation_config.top_k' (TYPE_INT32), "many"`,
    ],
    [
      'a text for a content',
      { contents: ['Hello'] },
      `Invalid value at 'contents[0]' (type.googleapis.com/google.ai.generativelanguage.v1beta.Content), "Hello"`,
    ],
    [
      'a value that an enum lacks',
      { ...hello, safetySettings: [{ category: 'RUDE' }] },
      `Invalid value at 'safety_settings[0].category' (type.googleapis.com/google.ai.generativelanguage.v1beta.HarmCategory), "RUDE"`,
    ],
    [
      'bad base64',
      { contents: [{ parts: [{ inlineData: { mimeType: 'image/png', data: '?' } }] }] },
      `Invalid value at 'contents[0].parts[0].inline_data.data' (TYPE_BYTES), Base64 decoding failed for "?"`,
    ],
    [
      'two kinds of data in a part',
      { contents: [{ parts: [{ text: 'a', inlineData: { data: '' } }] }] },
      `Invalid value at 'contents[0].parts[0]' (oneof), oneof field 'data' is already set. Cannot set 'inlineData'`,
    ],
    [
      'a text for a function response',
      { contents: [{ parts: [{ functionResponse: { name: 'f', response: '18C' } }] }] },
      `Invalid value at 'contents[0].parts[0].function_response.response' (type.googleapis.com/google.protobuf.Struct), "18C"`,
    ],
    [
      'a Vertex field',
      { ...hello, modelArmorConfig: {} },
      'Invalid JSON payload received. Unknown name "modelArmorConfig": Cannot find field.',
    ],
    [
      'a JSON Schema keyword in parameters',
      declare({
        type: 'OBJECT',
        properties: { a: { type: 'STRING', additionalProperties: false } },
      }),
      `Invalid JSON payload received. Unknown name "additionalProperties" at 'tools[0].function_declarations[0].parameters.properties[0].value': Cannot find field.`,
    ],
    [
      'a list of types',
      declare({ type: ['string', 'null'] }),
      `Invalid JSON payload received. Unknown name "type" at 'tools[0].function_declarations[0].parameters': Proto field is not repeating, cannot start list.`,
    ],
    [
      'a number in an enum',
      declare({ type: 'OBJECT', properties: { a: { type: 'INTEGER', enum: [1] } } }),
      "Invalid value at 'tools[0].function_declarations[0].parameters.properties[0].value.enum[0]' (TYPE_STRING), 1",
    ],
  ])('must not have %s', async (_, body, message) => {
    expect(await refusal(body)).toBe(message)
  })

  test('is reported with all its problems at once', async () => {
    const fake = await startForTest()
    const { json } = await sendRequest(fake, { body: { ...hello, a: 1, b: 2 } })
    expect(json.error?.message.split('\n')).toHaveLength(2)
    expect(json.error?.details?.[0]?.['fieldViolations']).toHaveLength(2)
  })

  test('must be JSON', async () => {
    expect(await refusal('{"contents": x}')).toBe(
      'Invalid JSON payload received. Unexpected token.\n{"contents": x}\n             ^',
    )
    expect(await refusal('{"contents": [')).toContain('Unexpected end of string.')
  })

  test('may use snake case, lower-case enums, quoted numbers and a single value for a list', async () => {
    const body = {
      contents: { parts: { text: 'Hello' } },
      system_instruction: { parts: [{ text: 'Be brief.' }] },
      generation_config: { max_output_tokens: '50', thinking_config: { thinking_level: 'low' } },
      tools: { function_declarations: [{ name: 'f', parameters: { type: 'object' } }] },
      safetySettings: null,
    }
    expect(await refusal(body)).toBeUndefined()
  })

  test('may have fields that are newer than the published protos', async () => {
    const body = {
      ...hello,
      labels: { team: 'a' },
      store: false,
      serviceTier: 'flex',
      continuationToken: 'AAAA',
      generationConfig: {
        responseMimeType: 'application/json',
        _responseJsonSchema: { type: 'object', additionalProperties: false },
        thinkingConfig: { thinkingLevel: 'LOW' },
      },
    }
    expect(await refusal(body)).toBeUndefined()
  })

  test('is not checked if `strict` is off', async () => {
    const fake = await startForTest({ strict: false })
    expect((await sendRequest(fake, { body: { ...hello, messages: [] } })).status).toBe(200)
  })
})

describe('the content of a request', () => {
  const user = { role: 'user', parts: [{ text: 'Hi' }] }

  test.each<[string, unknown, string, string?]>([
    ['no contents', {}, '* GenerateContentRequest.contents: contents is not specified\n'],
    [
      'an unknown role',
      { contents: [{ role: 'assistant', parts: [{ text: 'Hi' }] }] },
      'Please use a valid role: user, model.',
    ],
    [
      'a part without data',
      { contents: [{ parts: [{}] }] },
      "* GenerateContentRequest.contents[0].parts[0].data: required oneof field 'data' must have one initialized field\n",
    ],
    [
      'six stop sequences',
      configure({ stopSequences: ['1', '2', '3', '4', '5', '6'] }),
      'stop_sequences',
    ],
    [
      'a temperature of three',
      configure({ temperature: 3 }),
      'temperature must be in the range [0.0, 2.0].',
    ],
    [
      'budget and level together',
      configure({ thinkingConfig: { thinkingBudget: 100, thinkingLevel: 'LOW' } }),
      'You can only set only one of thinking budget and thinking level.',
    ],
    [
      'a level the model lacks',
      configure({ thinkingConfig: { thinkingLevel: 'MINIMAL' } }),
      'Thinking level MINIMAL is not supported for this model. Please retry with other thinking level.',
    ],
    [
      'a level on a model with budgets',
      configure({ thinkingConfig: { thinkingLevel: 'LOW' } }),
      'Thinking level is not supported for this model.',
      'gemini-2.5-flash',
    ],
    [
      'no thinking where thinking cannot stop',
      configure({ thinkingConfig: { thinkingBudget: 0 } }),
      'Budget 0 is invalid. This model only works in thinking mode.',
    ],
    [
      'two candidates',
      configure({ candidateCount: 2 }),
      'Multiple candidates is not enabled for this model',
    ],
    [
      'a schema without its mime type',
      configure({ responseSchema: { type: 'STRING' } }),
      'response_mime_type',
    ],
    ['an unknown mime type', configure({ responseMimeType: 'text/html' }), 'allowed mimetypes are'],
    [
      'a list without items',
      declare({ type: 'OBJECT', properties: { tags: { type: 'ARRAY' } } }),
      '* GenerateContentRequest.tools[0].function_declarations[0].parameters.properties[tags].items: missing field\n',
    ],
    [
      'a required property that is not declared',
      declare({ type: 'OBJECT', properties: {}, required: ['a'] }),
      'parameters.required[0]: property is not defined',
    ],
    [
      'an empty enum value',
      declare({ type: 'OBJECT', properties: { a: { type: 'STRING', enum: [''] } } }),
      'properties[a].enum[0]: cannot be empty',
    ],
    [
      'anyOf beside a type',
      declare({
        type: 'OBJECT',
        properties: { a: { type: 'STRING', anyOf: [{ type: 'STRING' }] } },
      }),
      'any_of: when using any_of, it must be the only field set',
    ],
    [
      'a function name with a space',
      { ...hello, tools: [{ functionDeclarations: [{ name: 'my function' }] }] },
      'Invalid function name.',
    ],
    [
      'one function twice',
      { ...hello, tools: [{ functionDeclarations: [{ name: 'f' }, { name: 'f' }] }] },
      'Duplicate function declaration found: f',
    ],
    [
      'search beside functions on an old model',
      { ...hello, tools: [{ googleSearch: {} }, { functionDeclarations: [{ name: 'f' }] }] },
      'Tool use with function calling is unsupported',
      'gemini-2.5-flash',
    ],
    [
      'JSON beside functions on an old model',
      { ...declare({ type: 'OBJECT' }), ...configure({ responseMimeType: 'application/json' }) },
      "Function calling with a response mime type: 'application/json' is unsupported",
      'gemini-2.5-flash',
    ],
    [
      'JSON beside search on an old model',
      {
        ...hello,
        tools: [{ googleSearch: {} }],
        ...configure({ responseMimeType: 'application/json' }),
      },
      "Tool use with a response mime type: 'application/json' is unsupported",
      'gemini-2.5-flash',
    ],
    [
      'tools beside a cached content',
      { ...declare({ type: 'OBJECT' }), cachedContent: 'cachedContents/x' },
      'CachedContent can not be used with GenerateContent request setting system_instruction, tools or tool_config.',
    ],
    [
      'a call before the user',
      { contents: [{ role: 'model', parts: [{ functionCall: { name: 'f' } }] }] },
      'Please ensure that function call turn comes immediately after a user turn or after a function response turn.',
    ],
    [
      'a response without a call',
      {
        contents: [
          user,
          { role: 'user', parts: [{ functionResponse: { name: 'f', response: {} } }] },
        ],
      },
      'Please ensure that function response turn comes immediately after a function call turn.',
    ],
    [
      'fewer responses than calls on an old model',
      {
        contents: [
          user,
          {
            role: 'model',
            parts: [{ functionCall: { name: 'f' } }, { functionCall: { name: 'g' } }],
          },
          { role: 'user', parts: [{ functionResponse: { name: 'f', response: {} } }] },
        ],
      },
      'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
      'gemini-2.5-flash',
    ],
    [
      'more tokens than fit',
      userMessage('x'.repeat(4 * 131_073)),
      'The input token count exceeds the maximum number of tokens allowed (131072).',
      'gemma-4-31b-it',
    ],
  ])('excludes %s', async (...row) => {
    const [, body, message, model] = row
    expect(await refusal(body, model)).toContain(message)
  })

  test('may ask for two candidates before Gemini 3', async () => {
    const fake = await startForTest()
    const body = configure({ candidateCount: 2 })
    const { json } = await sendRequest(fake, { path: generate('gemini-2.5-flash'), body })
    expect(json.candidates?.map(({ index }) => index)).toEqual([0, 1])
  })

  test('must name a known model; the error names version and method', async () => {
    const fake = await startForTest()
    const { status, json } = await sendRequest(fake, {
      path: '/v1/models/gemini-9:generateContent',
    })
    expect(status).toBe(404)
    expect(json.error?.message).toBe(
      'models/gemini-9 is not found for API version v1, or is not supported for generateContent. Call ModelService.ListModels to see the list of available models and their supported methods.',
    )
  })

  test('must not name a model that is closed to the project', async () => {
    const projects = [{ id: 'p', keys: ['AQ.test-key'], models: ['gemini-3.5-flash'] }]
    const fake = await startForTest({ projects })
    const { status, json } = await sendRequest(fake, { path: generate('gemini-2.5-flash') })
    expect(status).toBe(404)
    expect(json.error?.message).toContain('is no longer available to new users')
  })
})

const call = (thoughtSignature?: string) => ({
  functionCall: { id: 'a', name: 'get_weather', args: {} },
  ...(thoughtSignature === undefined ? {} : { thoughtSignature }),
})

describe('thought signatures', () => {
  const user = { role: 'user', parts: [{ text: 'Weather?' }] }
  const response = {
    role: 'user',
    parts: [{ functionResponse: { id: 'a', name: 'get_weather', response: { output: 'Sun' } } }],
  }
  const turn = (...parts: object[]) => ({ contents: [user, { role: 'model', parts }, response] })

  test('are required on the first call of the current turn', async () => {
    expect(await refusal(turn(call()))).toBe(
      'Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call `default_api:get_weather`, position 2. Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.',
    )
  })

  test('are required on the first of parallel calls', async () => {
    expect(await refusal(turn(call(), call(issueSignature('x'))))).toContain('is missing')
    expect(await refusal(turn(call(issueSignature('x')), call()))).toBeUndefined()
  })

  test('may be missing in earlier turns', async () => {
    const { contents } = turn(call())
    const later = [{ role: 'model', parts: [{ text: 'Sun.' }] }, user]
    expect(await refusal({ contents: [...contents, ...later] })).toBeUndefined()
  })

  test('from elsewhere are corrupted', async () => {
    expect(await refusal(turn(call('EmcKZQERTTIP5p')))).toBe('Corrupted thought signature.')
  })

  test.each([100, 310])("may be Google's, if all of their %i bytes are there", async (length) => {
    const field = (tag: number, content: Buffer) =>
      Buffer.concat([
        Buffer.from([
          tag,
          ...(content.length < 128
            ? [content.length]
            : [(content.length % 128) + 128, Math.floor(content.length / 128)]),
        ]),
        content,
      ])
    const whole = field(0x12, field(0x0a, Buffer.alloc(length, 7)))
    const signature = (bytes: Buffer) => bytes.toString('base64')
    expect(await refusal(turn(call(signature(whole))))).toBeUndefined()
    for (const wrong of [whole.subarray(0, -1), Buffer.concat([whole, Buffer.alloc(1)])]) {
      expect(await refusal(turn(call(signature(wrong))))).toBe('Corrupted thought signature.')
    }
  })

  test.each(['skip_thought_signature_validator', 'context_engineering_is_the_way_to_go'])(
    'may be the dummy %s, plain or encoded',
    async (dummy) => {
      expect(await refusal(turn(call(dummy)))).toBeUndefined()
      expect(await refusal(turn(call(Buffer.from(dummy).toString('base64'))))).toBeUndefined()
    },
  )

  test('are not checked before Gemini 3', async () => {
    expect(await refusal(turn(call()), 'gemini-2.5-flash')).toBeUndefined()
  })
})

describe('Gemini 3 returns an empty answer without an error', () => {
  const user = { role: 'user', parts: [{ text: 'Weather?' }] }
  const signed = { functionCall: { id: 'a', name: 'f' }, thoughtSignature: issueSignature('x') }
  const model = { role: 'model', parts: [signed] }
  const good = { functionResponse: { id: 'a', name: 'f', response: {} } }

  test.each([
    ['when there is text beside a function response', [good, { text: 'And?' }]],
    [
      'when a response answers no call',
      [{ functionResponse: { id: 'b', name: 'f', response: {} } }],
    ],
    ['when there are more responses than calls', [good, good]],
  ])('%s', async (_, parts) => {
    const fake = await startForTest()
    const { json } = await sendRequest(fake, {
      body: { contents: [user, model, { role: 'user', parts }] },
    })
    expect(json.candidates).toEqual([{ content: {}, finishReason: 'STOP', index: 0 }])
  })
})
