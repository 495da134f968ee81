import { expect, test } from 'vitest'
import { leastThinking } from './thinking.ts'

test.each([
  ['gemini-2.5-flash', { thinkingBudget: 0 }],
  ['gemini-2.5-pro', { thinkingBudget: 128 }],
  ['gemini-3.1-flash-lite', { thinkingLevel: 'MINIMAL' }],
  ['gemini-3.6-flash', { thinkingLevel: 'MINIMAL' }],
  ['gemini-3.8-flash', { thinkingLevel: 'LOW' }],
  ['gemini-3.1-pro-preview', { thinkingLevel: 'LOW' }],
  ['gemini-4-carbon', { thinkingLevel: 'LOW' }],
])('the least thinking of %s is %j', (model, config) => {
  expect(leastThinking(model)).toEqual(config)
})
