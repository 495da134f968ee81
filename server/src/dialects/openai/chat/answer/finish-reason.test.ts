import { describe, expect, test } from 'vitest'
import { finishReason } from './finish-reason.ts'

describe('the finish reason', () => {
  test.each([
    ['STOP', 'stop'],
    ['MAX_TOKENS', 'length'],
    ...[
      'SAFETY',
      'RECITATION',
      'BLOCKLIST',
      'PROHIBITED_CONTENT',
      'SPII',
      'IMAGE_SAFETY',
      'IMAGE_PROHIBITED_CONTENT',
      'IMAGE_RECITATION',
      'IMAGE_OTHER',
    ].map((reason) => [reason, 'content_filter']),
    ...[
      'FINISH_REASON_UNSPECIFIED',
      'LANGUAGE',
      'OTHER',
      'MALFORMED_FUNCTION_CALL',
      'MALFORMED_RESPONSE',
      'UNEXPECTED_TOOL_CALL',
      'TOO_MANY_TOOL_CALLS',
      'NO_IMAGE',
      'CONTINUATION',
      'SOMETHING_NEW',
      '',
    ].map((reason) => [reason, 'length']),
  ])('%s is %s', (reason, finish) => {
    expect(finishReason(reason ?? '', false)).toBe(finish)
  })

  test('of an answer with calls is tool_calls, unless it was cut', () => {
    expect(finishReason('STOP', true)).toBe('tool_calls')
    expect(finishReason('MAX_TOKENS', true)).toBe('length')
    expect(finishReason('SAFETY', true)).toBe('content_filter')
  })
})
