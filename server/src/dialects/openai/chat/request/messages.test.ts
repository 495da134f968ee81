import { describe, expect, test } from 'vitest'
import { createToolNames } from '../../../translate/tool-names.ts'
import { chatRequest, type ChatMessage } from './chat-request.ts'
import { translateMessages, remoteFilesOf } from './messages.ts'
import { modelTraits } from '../../../../google/models/model-traits.ts'
import { checkRequest } from '../../../translate/read-request.ts'
import { dummySignature } from '../../../translate/thought-signatures.ts'

type Loose = Record<string, unknown>
const read = (messages: Loose[]): ChatMessage[] =>
  checkRequest(chatRequest, { model: 'm', messages }).messages

function translate(messages: Loose[], model = 'gemini-2.5-flash', signatures: Loose = {}) {
  const { value, warnings } = translateMessages(read(messages), {
    traits: modelTraits(model),
    files: new Map(),
    toolNames: createToolNames([]),
    findSignature: (id) => {
      const found = signatures[id]
      return typeof found === 'string' ? found : undefined
    },
  })
  return { ...value, warnings }
}

const call = (id: string, name: string, args = '{}') => ({
  id,
  type: 'function',
  function: { name, arguments: args },
})
const user = { role: 'user', content: 'u' }

describe('roles', () => {
  test('system and developer messages at any position become the system instruction', () => {
    const { contents, systemParts } = translate([
      { role: 'system', content: 'S1' },
      user,
      { role: 'developer', content: [{ type: 'text', text: 'S2' }] },
    ])
    expect(systemParts).toEqual([{ text: 'S1' }, { text: 'S2' }])
    expect(contents).toEqual([{ role: 'user', parts: [{ text: 'u' }] }])
  })

  test('a system message alone becomes a user message', () => {
    expect(translate([{ role: 'system', content: 'S' }]).contents).toEqual([
      { role: 'user', parts: [{ text: 'S' }] },
    ])
  })

  test('media in a system message are refused with their place', () => {
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,QUJD' } }
    const content = [{ type: 'text', text: 'S' }, image]
    expect(() => translate([{ role: 'system', content }, user])).toThrow(
      expect.objectContaining({ param: 'messages[0].content[1]' }),
    )
  })

  test('consecutive messages of one role become one content', () => {
    const { contents } = translate([user, { role: 'user', content: 'v' }])
    expect(contents).toEqual([{ role: 'user', parts: [{ text: 'u' }, { text: 'v' }] }])
  })

  test('empty messages are dropped', () => {
    const { contents } = translate([user, { role: 'assistant', content: '' }, user])
    expect(contents).toEqual([{ role: 'user', parts: [{ text: 'u' }, { text: 'u' }] }])
  })

  test('a prefilled answer keeps its role when the model accepts one', () => {
    const messages = [user, { role: 'assistant', content: 'prefill' }]
    expect(translate(messages).contents.at(-1)?.role).toBe('model')
    expect(translate(messages, 'gemini-3.8-flash').contents.at(-1)?.role).toBe('user')
  })
})

describe('the conversation of vector A1', () => {
  test('keeps the call with its result and moves system messages out', () => {
    const { contents, systemParts } = translate([
      { role: 'system', content: 'S1' },
      user,
      { role: 'assistant', content: null, tool_calls: [call('c1', 'f', '{"a":1}')] },
      { role: 'tool', tool_call_id: 'c1', content: '42' },
      { role: 'developer', content: 'dev' },
      { role: 'assistant', content: 'prefill' },
    ])
    expect(systemParts).toEqual([{ text: 'S1' }, { text: 'dev' }])
    expect(contents).toEqual([
      { role: 'user', parts: [{ text: 'u' }] },
      { role: 'model', parts: [{ functionCall: { name: 'f', args: { a: 1 } } }] },
      {
        role: 'user',
        parts: [{ functionResponse: { name: 'f', response: { output: '42' } } }],
      },
      { role: 'model', parts: [{ text: 'prefill' }] },
    ])
  })
})

describe('tool calls and their results', () => {
  const parallel = [
    user,
    {
      role: 'assistant',
      content: 'let me',
      tool_calls: [call('call_a', 'f'), call('call_b', 'g')],
    },
    { role: 'tool', tool_call_id: 'call_b', content: 'B' },
    { role: 'tool', tool_call_id: 'call_a', content: 'A' },
    { role: 'user', content: 'thanks' },
  ]

  test('are in the order of the calls, in a separate content', () => {
    const { contents } = translate(parallel, 'gemini-3.8-flash')
    expect(contents.slice(1)).toEqual([
      {
        role: 'model',
        parts: [
          { text: 'let me' },
          {
            functionCall: { id: 'a', name: 'f', args: {} },
            thoughtSignature: dummySignature,
          },
          { functionCall: { id: 'b', name: 'g', args: {} } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { id: 'a', name: 'f', response: { output: 'A' } } },
          { functionResponse: { id: 'b', name: 'g', response: { output: 'B' } } },
        ],
      },
      { role: 'user', parts: [{ text: 'thanks' }] },
    ])
  })

  test('have no ids and no dummy signatures before Gemini 3', () => {
    const text = JSON.stringify(translate(parallel).contents)
    expect(text).not.toContain('"id"')
    expect(text).not.toContain('thoughtSignature')
  })

  test('get the signature that the client sends, else the stored one', () => {
    const messages = [
      user,
      {
        role: 'assistant',
        tool_calls: [
          { ...call('1', 'f'), extra_content: { google: { thought_signature: 'brought' } } },
          call('2', 'g'),
        ],
      },
      { role: 'tool', tool_call_id: '1', content: '' },
      { role: 'tool', tool_call_id: '2', content: '' },
    ]
    const { contents } = translate(messages, 'gemini-3.8-flash', { 1: 'kept', 2: 'kept too' })
    expect(contents[1]?.parts.map((part) => part.thoughtSignature)).toEqual(['brought', 'kept too'])
  })

  test('without ids are matched in order', () => {
    const { contents } = translate([
      user,
      { role: 'assistant', tool_calls: [call('', 'f'), call('', 'g')] },
      { role: 'tool', content: 'F', tool_call_id: '' },
      { role: 'tool', content: 'G' },
    ])
    expect(contents[2]?.parts.map((part) => part.functionResponse)).toEqual([
      { name: 'f', response: { output: 'F' } },
      { name: 'g', response: { output: 'G' } },
    ])
  })

  test('of legacy functions are matched by name', () => {
    const { contents } = translate([
      user,
      { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
      { role: 'function', name: 'f', content: 'F' },
    ])
    expect(contents[2]?.parts).toEqual([
      { functionResponse: { name: 'f', response: { output: 'F' } } },
    ])
  })

  test('keep their text unparsed', () => {
    const { contents } = translate([
      user,
      { role: 'assistant', tool_calls: [call('1', 'f')] },
      { role: 'tool', tool_call_id: '1', content: '{"$ref":"#/$defs/x","n":12345678901234567890}' },
    ])
    expect(contents[2]?.parts[0]?.functionResponse?.response).toEqual({
      output: '{"$ref":"#/$defs/x","n":12345678901234567890}',
    })
  })

  describe('with media', () => {
    const png = { inlineData: { mimeType: 'image/png', data: 'QUJD' } }
    const wav = { inlineData: { mimeType: 'audio/wav', data: 'QUJD' } }
    const file = {
      fileData: { fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/a' },
    }
    const messages = [
      user,
      { role: 'assistant', tool_calls: [call('1', 'f')] },
      {
        role: 'tool',
        tool_call_id: '1',
        content: [
          { type: 'text', text: 'see' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,QUJD' } },
          { type: 'input_audio', input_audio: { data: 'QUJD', format: 'wav' } },
          { type: 'file', file: { file_id: 'files/a' } },
        ],
      },
      { role: 'user', content: 'and?' },
    ]

    test('hold images where the model takes them there; the other files follow', () => {
      const { contents, warnings } = translate(messages, 'gemini-3.8-flash')
      expect(contents[2]?.parts).toMatchObject([
        { functionResponse: { response: { output: 'see' }, parts: [png] } },
      ])
      expect(contents[3]).toEqual({ role: 'user', parts: [wav, file, { text: 'and?' }] })
      expect(warnings).toEqual([])
    })

    test('are followed by all their files where the model takes none there', () => {
      const { contents, warnings } = translate(messages)
      expect(contents[2]?.parts[0]?.functionResponse).not.toHaveProperty('parts')
      expect(contents[3]).toEqual({ role: 'user', parts: [png, wav, file, { text: 'and?' }] })
      expect(warnings).toEqual([])
    })

    test('that cannot be used are refused with their field', () => {
      const content = [
        { type: 'image_url', image_url: { url: 'data:application/zip;base64,QUJD' } },
      ]
      const wrong = messages.with(2, { role: 'tool', tool_call_id: '1', content })
      expect(() => translate(wrong)).toThrow(
        expect.objectContaining({ param: 'messages[2].content[0].image_url.url' }),
      )
    })
  })

  test('without a matching call are refused with the field', () => {
    expect(() => translate([user, { role: 'tool', tool_call_id: 'x', content: '' }])).toThrow(
      expect.objectContaining({ param: 'messages[1].tool_call_id' }),
    )
    const wrong = [
      user,
      { role: 'assistant', tool_calls: [call('1', 'f')] },
      { role: 'tool', tool_call_id: '2', content: '' },
    ]
    expect(() => translate(wrong)).toThrow(
      expect.objectContaining({ param: 'messages[2].tool_call_id' }),
    )
  })

  test('that are missing are refused with the field of the calls', () => {
    const messages = [user, { role: 'assistant', tool_calls: [call('1', 'f')] }, user]
    expect(() => translate(messages)).toThrow(
      expect.objectContaining({ param: 'messages[1].tool_calls' }),
    )
  })

  test('with invalid arguments are sent without them, with a warning', () => {
    const { contents, warnings } = translate([
      user,
      { role: 'assistant', tool_calls: [call('1', 'f', '{"a":')] },
      { role: 'tool', tool_call_id: '1', content: '' },
    ])
    expect(contents[1]?.parts[0]?.functionCall?.args).toEqual({})
    expect(warnings).toHaveLength(1)
  })
})

describe('media', () => {
  test('of vector A3 are converted, in messages of the user and of the assistant', () => {
    const content = [
      { type: 'image_url', image_url: { url: 'data:image/jpg;base64,QUJD' } },
      { type: 'input_audio', input_audio: { data: 'QUJD', format: 'm4a' } },
      { type: 'file', file: { file_data: 'data:application/pdf;base64,QUJD' } },
    ]
    const parts = ['image/jpeg', 'audio/mp4', 'application/pdf'].map((mimeType) => ({
      inlineData: { mimeType, data: 'QUJD' },
    }))
    expect(translate([{ role: 'user', content }]).contents[0]?.parts).toEqual(parts)
    const { contents } = translate([user, { role: 'assistant', content }, user])
    expect(contents[1]).toEqual({ role: 'model', parts })
  })

  test('that cannot be used are refused with their field, whoever sends them', () => {
    const content = [
      { type: 'text', text: 'x' },
      { type: 'file', file: { file_data: '!' } },
    ]
    for (const role of ['user', 'assistant']) {
      expect(() => translate([user, { role, content }])).toThrow(
        expect.objectContaining({ param: 'messages[1].content[1].file.file_data' }),
      )
    }
  })

  test('in markdown become images for an image model, with the text around them (vector A2)', () => {
    const { contents } = translate(
      [{ role: 'user', content: 'draw ![x](data:image/png;base64,QUJD) like this' }],
      'gemini-3.1-flash-image',
    )
    expect(contents[0]?.parts).toEqual([
      { text: 'draw ' },
      { inlineData: { mimeType: 'image/png', data: 'QUJD' } },
      { text: ' like this' },
    ])
  })

  test('in markdown stay text for other models', () => {
    const content = 'draw ![x](data:image/png;base64,QUJD)'
    expect(translate([{ role: 'user', content }]).contents[0]?.parts).toEqual([{ text: content }])
  })

  test('in markdown that cannot be used stay text, and are named as dropped', () => {
    const content = 'draw ![x](https://a.example/1)'
    const { contents, warnings } = translate([{ role: 'user', content }], 'gemini-3.1-flash-image')
    expect(contents[0]?.parts).toEqual([
      { text: 'draw ' },
      { text: '![image](https://a.example/1)' },
    ])
    expect(warnings.map(({ field }) => field)).toEqual(['messages[0].content'])
  })

  test('to fetch are named with their field, those in markdown for image models only', () => {
    const image = (image_url: unknown) => [{ type: 'image_url', image_url }]
    const messages = read([
      { role: 'system', content: '![x](https://a.example/0)' },
      { role: 'user', content: image('https://a.example/1') },
      { role: 'assistant', content: image({ url: 'https://a.example/2' }) },
      { role: 'user', content: image('https://youtu.be/dQw4w9WgXcQ') },
      { role: 'user', content: '![x](https://a.example/3)' },
    ])
    const named = [
      { url: 'https://a.example/1', field: 'messages[1].content[0].image_url' },
      { url: 'https://a.example/2', field: 'messages[2].content[0].image_url.url' },
    ]
    expect(remoteFilesOf(messages, modelTraits('gemini-3.8-flash'))).toEqual(named)
    expect(remoteFilesOf(messages, modelTraits('gemini-3.1-flash-image'))).toEqual([
      ...named,
      { url: 'https://a.example/3', field: 'messages[4].content' },
    ])
  })
})
