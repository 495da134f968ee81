import { describe, expect, test } from 'vitest'
import { finishKindOf, finishReason } from './finish-reason.ts'

const withheld = [
  'SAFETY',
  'RECITATION',
  'BLOCKLIST',
  'PROHIBITED_CONTENT',
  'SPII',
  'LANGUAGE',
  'OTHER',
  'NO_IMAGE',
  'IMAGE_SAFETY',
  'IMAGE_PROHIBITED_CONTENT',
  'IMAGE_RECITATION',
  'IMAGE_OTHER',
]
const broken = [
  'FINISH_REASON_UNSPECIFIED',
  'MALFORMED_FUNCTION_CALL',
  'MALFORMED_RESPONSE',
  'UNEXPECTED_TOOL_CALL',
  'TOO_MANY_TOOL_CALLS',
  'SOMETHING_NEW',
  '',
]

describe('the finish reason', () => {
  test.each([
    ['STOP', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['CONTINUATION', 'length'],
    ...withheld.map((reason) => [reason, 'content_filter']),
    ...broken.map((reason) => [reason, 'length']),
  ])('after content, %s is %s', (reason, finish) => {
    expect(finishReason(finishKindOf(reason ?? ''), undefined)).toBe(finish)
  })

  test('of an answer with calls names their form, unless it was cut', () => {
    expect(finishReason('complete', 'function_call')).toBe('function_call')
    expect(finishReason('complete', 'tool_calls')).toBe('tool_calls')
    expect(finishReason('cut', 'tool_calls')).toBe('length')
    expect(finishReason('withheld', 'tool_calls')).toBe('content_filter')
  })
})
