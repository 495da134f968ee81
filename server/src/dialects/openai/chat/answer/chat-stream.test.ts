import { describe, expect, test } from 'vitest'
import { ChatStream } from './chat-stream.ts'
import { readAnswer } from '../../../../google/answers/gemini-answer.ts'
import { complete, eventsOf, sentChunks, testOptions } from '../../testing/render.ts'

const answer = (parts: object[], more: object = {}, top: object = {}) => ({
  candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }],
  ...top,
})
const stop = { finishReason: 'STOP' }
const usageMetadata = {
  promptTokenCount: 1,
  candidatesTokenCount: 2,
  thoughtsTokenCount: 9,
  totalTokenCount: 12,
}
const texts = (chunks: object[], options = testOptions()) =>
  eventsOf(
    chunks.map((chunk) => JSON.stringify(chunk)),
    options,
  )

describe('the vectors', () => {
  test('A4: text after a thought is kept, and MAX_TOKENS is not a stop', () => {
    const chunk = answer(
      [{ text: 'thinking...', thought: true }, { text: 'ANSWER' }],
      { finishReason: 'MAX_TOKENS' },
      { usageMetadata },
    )
    expect(complete([chunk])).toMatchObject({
      choices: [
        {
          message: { content: 'ANSWER', reasoning_content: 'thinking...' },
          finish_reason: 'length',
        },
      ],
      usage: {
        prompt_tokens: 1,
        completion_tokens: 11,
        total_tokens: 12,
        completion_tokens_details: { reasoning_tokens: 9 },
      },
    })
  })

  test('A6: text and call are both kept, with the signature on the call', () => {
    const call = { functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 'sig' }
    expect(complete([answer([{ text: 'let me' }, call], stop)])).toMatchObject({
      choices: [
        {
          message: {
            content: 'let me',
            tool_calls: [
              {
                id: 'call_new1',
                type: 'function',
                function: { name: 'f', arguments: '{"a":1}' },
                extra_content: { google: { thought_signature: 'sig' } },
              },
            ],
          },
          finish_reason: 'tool_calls',
        },
      ],
    })
  })

  test('A7: code and its result are part of the content', () => {
    const chunk = answer(
      [
        { executableCode: { language: 'PYTHON', code: 'print(1)' } },
        { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1' } },
        { text: 'done' },
      ],
      stop,
    )
    expect(complete([chunk])).toHaveProperty(
      'choices[0].message.content',
      '\n\n---\n\n【代码执行】\n```python\nprint(1)\n```\n' +
        '\n【执行结果】\n> outcome: OUTCOME_OK\n\n【输出结果】\n```plaintext\n1\n```\n\n---\n\ndone',
    )
  })

  test('A8: a blocked prompt is an answer with a refusal', () => {
    expect(complete([{ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }])).toMatchObject({
      choices: [
        {
          message: { content: null, refusal: 'Google blocked the prompt: PROHIBITED_CONTENT.' },
          finish_reason: 'content_filter',
        },
      ],
    })
  })

  test('A9: the answer of a search model ends with its sources', () => {
    const groundingMetadata = { groundingChunks: [{ web: { uri: 'http://u', title: 'T' } }] }
    const chunk = answer([{ text: 't' }], { ...stop, groundingMetadata })
    expect(complete([chunk], testOptions({ showSearchLinks: true }))).toHaveProperty(
      'choices[0].message.content',
      't\n\n---\n\n**【引用来源】**\n\n\n- [T](http://u)',
    )
    expect(complete([chunk])).toHaveProperty('choices[0].message.content', 't')
  })

  test('A10: an image is a data URL in markdown; other media are links', () => {
    const png = { inlineData: { mimeType: 'image/png', data: 'QUJD' } }
    const wav = { inlineData: { mimeType: 'audio/wav', data: 'QUJD' } }
    expect(complete([answer([{ text: 'hi' }, png, wav], stop)])).toHaveProperty(
      'choices[0].message.content',
      'hi\n\n![image](data:image/png;base64,QUJD)\n\n\n\n[audio](data:audio/wav;base64,QUJD)\n\n',
    )
  })
})

describe('a stream', () => {
  test('starts with the role and ends with the finish reason, then usage if requested', () => {
    const events = texts([
      answer([{ text: 'a' }], {}, { usageMetadata: { promptTokenCount: 101 } }),
      answer([{ text: 'b' }], stop, { usageMetadata: { promptTokenCount: 1, totalTokenCount: 1 } }),
    ])
    expect(sentChunks(events, true)).toMatchObject([
      {
        choices: [{ delta: { role: 'assistant', content: '' }, finish_reason: null }],
        usage: null,
      },
      { choices: [{ delta: { content: 'a' }, finish_reason: null }], usage: null },
      { choices: [{ delta: { content: 'b' }, finish_reason: null }], usage: null },
      { choices: [{ delta: {}, finish_reason: 'stop' }], usage: null },
      { choices: [], usage: { prompt_tokens: 1, total_tokens: 1 } },
    ])
    const silent = sentChunks(events, false)
    expect(JSON.stringify(silent)).not.toContain('usage')
    expect(silent).toHaveLength(4)
  })

  test('numbers its calls from zero and gives each a unique id', () => {
    const call = (id?: string) => ({ functionCall: { name: 'f', ...(id ? { id } : {}) } })
    const events = texts([
      answer([{ text: 'x' }, call('a'), call('a')]),
      answer([call(), { text: '' }], stop),
    ])
    const calls = events.flatMap((event) =>
      event.kind === 'delta' ? (event.delta.tool_calls ?? []) : [],
    )
    expect(calls.map(({ index, id }) => [index, id])).toEqual([
      [0, 'call_a'],
      [1, 'call_new1'],
      [2, 'call_new2'],
    ])
    expect(events.at(-1)).toMatchObject({ kind: 'finish', reason: 'tool_calls' })
  })

  test('keeps the signature of its text', () => {
    expect(texts([answer([{ text: '', thoughtSignature: 's' }], stop)])).toContainEqual({
      kind: 'delta',
      choice: 0,
      delta: { extra_content: { google: { thought_signature: 's' } } },
    })
  })

  test('drops thoughts when they are not shown', () => {
    const events = texts(
      [answer([{ text: 'hm', thought: true }, { text: 'A' }], stop)],
      testOptions({ showThoughts: false }),
    )
    expect(JSON.stringify(events)).not.toContain('hm')
  })

  test('separates several choices', () => {
    const two = {
      candidates: [
        { content: { parts: [{ text: 'a' }] }, ...stop },
        { content: { parts: [{ text: 'b' }] }, index: 1, finishReason: 'SAFETY' },
      ],
    }
    expect(complete([two])).toMatchObject({
      choices: [
        { index: 0, message: { content: 'a' }, finish_reason: 'stop' },
        { index: 1, message: { content: 'b' }, finish_reason: 'content_filter' },
      ],
    })
  })

  test('that ends without a reason ends with an error', () => {
    expect(texts([answer([{ text: 'a' }])]).at(-1)).toMatchObject({
      kind: 'error',
      failure: { status: 503, code: 'stream_cut' },
    })
    expect(texts([])).toMatchObject([{ kind: 'error' }])
  })

  test("that fails ends with Google's error", () => {
    const error = { code: 503, message: 'busy', status: 'UNAVAILABLE' }
    const events = texts([answer([{ text: 'a' }]), { error }, answer([{ text: 'b' }], stop)])
    expect(events.at(-1)).toMatchObject({
      kind: 'error',
      failure: { status: 503, message: 'busy' },
    })
    expect(JSON.stringify(events)).not.toContain('"b"')
  })

  test('with an unreadable chunk ends with an error', () => {
    expect(eventsOf([JSON.stringify(answer([{ text: 'a' }])), '{"cand']).at(-1)).toMatchObject({
      kind: 'error',
    })
  })

  test('continues with the next call of a split answer and adds the usage of both', () => {
    const first = answer(
      [{ text: 'a' }],
      { finishReason: 'CONTINUATION', continuationToken: 'next' },
      { usageMetadata },
    )
    const second = answer([{ text: 'b' }], stop, { usageMetadata })
    const stream = new ChatStream(testOptions())
    const events = stream.take(readAnswer(JSON.stringify(first)))
    expect(stream.continuationToken).toBe('next')
    stream.nextCall('continues')
    const continued = stream.take(readAnswer(JSON.stringify(second)))
    expect([...events, ...continued, ...stream.end()]).toMatchObject([
      { delta: { role: 'assistant' } },
      { delta: { content: 'a' } },
      { delta: { content: 'b' } },
      { kind: 'finish', reason: 'stop' },
      { kind: 'usage', usage: { total_tokens: 24 } },
    ])
  })

  test('numbers choices across calls', () => {
    const one = readAnswer(JSON.stringify(answer([{ text: 'a' }], stop)))
    const stream = new ChatStream(testOptions())
    stream.take(one)
    stream.nextCall('next choice')
    const events = stream.take(one)
    expect(events.map((event) => ('choice' in event ? event.choice : undefined))).toEqual([1, 1])
    expect(stream.end()).toMatchObject([
      { kind: 'finish', choice: 0 },
      { kind: 'finish', choice: 1 },
    ])
  })
})

describe('the sources of an answer', () => {
  const web = (uri: string) => ({ web: { uri, title: uri } })
  const citations = (grounding: object, parts: object[]) => {
    const events = texts([answer(parts, { ...stop, groundingMetadata: grounding })])
    return events.flatMap((event) =>
      event.kind === 'delta' ? (event.delta.annotations ?? []) : [],
    )
  }

  test('are cited at the supported text, in characters', () => {
    const grounding = {
      groundingChunks: [web('a'), web('b')],
      groundingSupports: [
        { segment: { startIndex: 5, endIndex: 8, text: '日' }, groundingChunkIndices: [1] },
      ],
    }
    expect(citations(grounding, [{ text: 'é日本' }])).toEqual([
      {
        type: 'url_citation',
        url_citation: { start_index: 1, end_index: 2, url: 'b', title: 'b' },
      },
    ])
  })

  test('are cited by byte offsets when Google sends no text', () => {
    const grounding = {
      groundingChunks: [web('a')],
      groundingSupports: [{ segment: { startIndex: 2, endIndex: 5 }, groundingChunkIndices: [0] }],
    }
    expect(citations(grounding, [{ text: 'é日本' }])).toMatchObject([
      { url_citation: { start_index: 1, end_index: 2 } },
    ])
  })

  test('are cited at the end when there are no supports', () => {
    expect(citations({ groundingChunks: [web('a')] }, [{ text: 'abc' }])).toMatchObject([
      { url_citation: { start_index: 3, end_index: 3, url: 'a' } },
    ])
  })
})

describe('log probabilities', () => {
  test("have OpenAI's shape", () => {
    const logprobsResult = {
      chosenCandidates: [{ token: 'é', logProbability: -0.5 }],
      topCandidates: [{ candidates: [{ token: 'e', logProbability: -1 }] }],
    }
    expect(complete([answer([{ text: 'é' }], { ...stop, logprobsResult })])).toHaveProperty(
      'choices[0].logprobs',
      {
        content: [
          {
            token: 'é',
            logprob: -0.5,
            bytes: [195, 169],
            top_logprobs: [{ token: 'e', logprob: -1, bytes: [101] }],
          },
        ],
        refusal: null,
      },
    )
  })
})

describe('an answer without content', () => {
  const ended = (finishReason: string, finishMessage?: string) => ({
    candidates: [{ content: {}, finishReason, finishMessage, index: 0 }],
    usageMetadata,
  })

  test.each(['OTHER', 'LANGUAGE', 'NO_IMAGE', 'SAFETY'])(
    "that ends with %s is a refusal with Google's words",
    (reason) => {
      expect(complete([ended(reason, 'Because.')])).toMatchObject({
        choices: [
          {
            message: { content: null, refusal: `Google withheld the answer: ${reason}. Because.` },
            finish_reason: 'content_filter',
          },
        ],
      })
    },
  )

  test.each([
    'MALFORMED_FUNCTION_CALL',
    'UNEXPECTED_TOOL_CALL',
    'TOO_MANY_TOOL_CALLS',
    'FINISH_REASON_UNSPECIFIED',
    'SOMETHING_NEW',
  ])("that ends with %s is an error with Google's words", (reason) => {
    const thought = answer([{ text: 'Hm.', thought: true }])
    expect(complete([thought, ended(reason, 'Because.')])).toMatchObject({
      status: 502,
      message: `Google ended the answer without content: ${reason}. Because. Send the request again.`,
    })
  })

  test('does not cost the other choices: its own choice is refused', () => {
    const broken = { content: {}, finishReason: 'MALFORMED_FUNCTION_CALL', index: 1 }
    const whole = { content: { parts: [{ text: 'a' }] }, finishReason: 'STOP', index: 0 }
    expect(complete([{ candidates: [whole, broken] }])).toMatchObject({
      choices: [
        { message: { content: 'a' }, finish_reason: 'stop' },
        { message: { content: null }, finish_reason: 'content_filter' },
      ],
    })
  })
})
