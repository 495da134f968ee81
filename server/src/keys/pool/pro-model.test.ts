import { expect, test } from 'vitest'

import { isProModel } from './pro-model.ts'

test('a pro model is known by a part of its name, whatever suffixes follow', () => {
  const pro = ['gemini-2.5-pro']
  expect(isProModel('gemini-2.5-pro', pro)).toBe(true)
  expect(isProModel('gemini-2.5-pro-preview-06-05', pro)).toBe(true)
  expect(isProModel('gemini-2.5-pro-search-non-thinking', pro)).toBe(true)
  expect(isProModel('gemini-2.5-flash', pro)).toBe(false)
  expect(isProModel('', pro)).toBe(false)
})
