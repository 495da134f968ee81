import { describe, expect, test } from 'vitest'
import { verdictOfContent } from './answer-content.ts'

const candidate = (content: unknown, finishReason?: string) => ({
  candidates: [{ content, index: 0, ...(finishReason === undefined ? {} : { finishReason }) }],
})

describe('an answer is answered', () => {
  test.each([
    ['with text', candidate({ parts: [{ text: 'OK' }], role: 'model' }, 'STOP')],
    ['with a thought', candidate({ parts: [{ text: 'Plan', thought: true }] })],
    [
      'with a function call',
      candidate({ parts: [{ functionCall: { name: 'f', args: {} } }] }, 'STOP'),
    ],
    ['with a part nobody has heard of', candidate({ parts: [{ somethingNew: {} }] })],
    ['when its budget went into thinking', candidate({}, 'MAX_TOKENS')],
    ['when it goes on elsewhere', candidate({}, 'CONTINUATION')],
    ['when it finished for a reason nobody has heard of', candidate({}, 'NEW_REASON')],
    [
      'when the second candidate has text',
      { candidates: [{ content: {} }, { content: { parts: [{ text: 'b' }] } }] },
    ],
  ])('%s', (_name, answer) => {
    expect(verdictOfContent(answer)).toBe('answered')
  })
})

describe('an answer is withheld', () => {
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

describe('an answer is empty', () => {
  test.each([
    ['without candidates', { usageMetadata: {} }],
    ['with STOP and no parts', candidate({}, 'STOP')],
    ['with empty text', candidate({ parts: [{ text: '' }] }, 'STOP')],
    [
      'with a signature and nothing signed',
      candidate({ parts: [{ text: '', thoughtSignature: 'x' }] }, 'STOP'),
    ],
    ['with a malformed answer', candidate({}, 'MALFORMED_RESPONSE')],
    ['with a call nobody asked for', candidate({}, 'UNEXPECTED_TOOL_CALL')],
    ['with no reason worth the name', candidate({}, 'FINISH_REASON_UNSPECIFIED')],
    ['with parts of no known shape', candidate({ parts: 'x' }, 'STOP')],
    ['with a list for an answer', [candidate({ parts: [{ text: 'x' }] })]],
    ['with a malformed call', candidate({ parts: [{ text: 'x' }] }, 'MALFORMED_FUNCTION_CALL')],
    ['when it is no object', 'text'],
    ['when it is nothing', undefined],
  ])('%s', (_name, answer) => {
    expect(verdictOfContent(answer)).toBe('answer-empty')
  })
})
