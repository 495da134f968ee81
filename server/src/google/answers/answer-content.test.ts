import { describe, expect, test } from 'vitest'
import { verdictOfContent } from './answer-content.ts'

const candidate = (content: unknown, finishReason?: string) => ({
  candidates: [{ content, index: 0, ...(finishReason === undefined ? {} : { finishReason }) }],
})

describe('the verdict is answered', () => {
  test.each([
    ['with text', candidate({ parts: [{ text: 'OK' }], role: 'model' }, 'STOP')],
    ['with a thought', candidate({ parts: [{ text: 'Plan', thought: true }] })],
    [
      'with a function call',
      candidate({ parts: [{ functionCall: { name: 'f', args: {} } }] }, 'STOP'),
    ],
    ['with a part of an unknown kind', candidate({ parts: [{ somethingNew: {} }] })],
    ['when thinking used all output tokens', candidate({}, 'MAX_TOKENS')],
    ['when it continues in another call', candidate({}, 'CONTINUATION')],
    ['with an unknown finish reason', candidate({}, 'NEW_REASON')],
    [
      'when the second candidate has text',
      { candidates: [{ content: {} }, { content: { parts: [{ text: 'b' }] } }] },
    ],
  ])('%s', (_name, answer) => {
    expect(verdictOfContent(answer)).toBe('answered')
  })
})

describe('the verdict is answer-withheld', () => {
  test.each([
    ['when the prompt was blocked', { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }],
    ['when safety stopped it', candidate({}, 'SAFETY')],
    ...[
      'RECITATION',
      'BLOCKLIST',
      'PROHIBITED_CONTENT',
      'SPII',
      'LANGUAGE',
      'IMAGE_SAFETY',
      'IMAGE_PROHIBITED_CONTENT',
      'IMAGE_RECITATION',
      'IMAGE_OTHER',
      'NO_IMAGE',
    ].map((reason): [string, unknown] => [`by ${reason}`, candidate({ role: 'model' }, reason)]),
  ])('%s', (_name, answer) => {
    expect(verdictOfContent(answer)).toBe('answer-withheld')
  })
})

describe('the verdict is answer-empty', () => {
  test.each([
    ['without candidates', { usageMetadata: {} }],
    ['with STOP and no parts', candidate({}, 'STOP')],
    ['with empty text', candidate({ parts: [{ text: '' }] }, 'STOP')],
    ['with only a signature', candidate({ parts: [{ text: '', thoughtSignature: 'x' }] }, 'STOP')],
    ['with a malformed answer', candidate({}, 'MALFORMED_RESPONSE')],
    ['with an unexpected tool call', candidate({}, 'UNEXPECTED_TOOL_CALL')],
    ['with an unspecified finish reason', candidate({}, 'FINISH_REASON_UNSPECIFIED')],
    ['when parts is not a list', candidate({ parts: 'x' }, 'STOP')],
    ['when it is a list', [candidate({ parts: [{ text: 'x' }] })]],
    [
      'with a malformed function call',
      candidate({ parts: [{ text: 'x' }] }, 'MALFORMED_FUNCTION_CALL'),
    ],
    ['when it is not an object', 'text'],
    ['when it is undefined', undefined],
  ])('%s', (_name, answer) => {
    expect(verdictOfContent(answer)).toBe('answer-empty')
  })
})
