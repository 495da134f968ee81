import { describe, expect, test } from 'vitest'
import { createToolNames } from '../../../translate/tool-names.ts'
import { translateToolChoice } from './tool-choice.ts'

const tools = [{ functionDeclarations: [{ name: 'f' }, { name: 'g' }] }]
const named = (name: string) => ({ type: 'function' as const, function: { name } })
const allowed = (mode: 'auto' | 'required', names: string[]) => ({
  type: 'allowed_tools' as const,
  allowed_tools: { mode, tools: names.map(named) },
})

describe('the choice of tools', () => {
  test.each([
    ['auto', { mode: 'AUTO' }],
    ['none', { mode: 'NONE' }],
    ['required', { mode: 'ANY' }],
    [named('f'), { mode: 'ANY', allowedFunctionNames: ['f'] }],
    [allowed('required', ['f', 'g']), { mode: 'ANY', allowedFunctionNames: ['f', 'g'] }],
    [allowed('auto', ['f']), { mode: 'AUTO' }],
  ] as const)('%j is %j', (tool_choice, config) => {
    expect(translateToolChoice({ tool_choice }, tools, createToolNames([]))).toEqual(config)
  })

  test('may be a legacy function_call', () => {
    expect(
      translateToolChoice({ function_call: { name: 'g' } }, tools, createToolNames([])),
    ).toEqual({
      mode: 'ANY',
      allowedFunctionNames: ['g'],
    })
  })

  test('is omitted when no function is declared', () => {
    expect(
      translateToolChoice({ tool_choice: 'required' }, [{ googleSearch: {} }], createToolNames([])),
    ).toBeUndefined()
  })

  test('of an undeclared function is refused with the field', () => {
    expect(() =>
      translateToolChoice({ tool_choice: named('h') }, tools, createToolNames([])),
    ).toThrow(expect.objectContaining({ param: 'tool_choice.function.name' }))
  })
})
