import { expect, test } from 'vitest'
import { indexBody, lastMember } from './body-index.ts'
import { applyEdits } from './edits.ts'
import { tidyContents } from './tidy-contents.ts'

function tidy(contents: unknown): { contents: unknown; isSame: boolean } {
  const body = Buffer.from(JSON.stringify({ contents }))
  const index = indexBody(body)
  const list = lastMember(index.members, 'contents')?.value
  const edits = list === undefined ? [] : tidyContents(body, list, index.contents)
  const text = Buffer.concat(applyEdits(body, edits)).toString()
  return { contents: JSON.parse(text).contents, isSame: edits.length === 0 }
}

const call = (...names: string[]) => ({
  role: 'model',
  parts: names.map((name) => ({ functionCall: { name, args: {} } })),
})
const responsePart = (name: string) => ({ functionResponse: { name, response: { result: 1 } } })
const response = (...names: string[]) => ({ role: 'user', parts: names.map(responsePart) })
const said = (text: string) => ({ role: 'user', parts: [{ text }] })

test('function responses of one turn that are sent apart are joined, in their order', () => {
  const sent = [said('a'), call('f', 'g', 'h'), response('f'), response('g'), response('h')]
  expect(tidy(sent).contents).toEqual([said('a'), call('f', 'g', 'h'), response('f', 'g', 'h')])
})

test('each turn is joined on its own', () => {
  const turn = [call('f', 'g'), response('f'), response('g')]
  const joined = [call('f', 'g'), response('f', 'g')]
  expect(tidy([said('a'), ...turn, ...turn]).contents).toEqual([said('a'), ...joined, ...joined])
})

test('the first content keeps its role and its other members, and empty parts are left out', () => {
  const first = { role: 'function', parts: [responsePart('f'), {}], x: 1 }
  const second = { parts: [{ function_response: { name: 'g' } }], role: 'user' }
  expect(tidy([call('f', 'g'), first, { role: 'user', parts: [] }, second]).contents).toEqual([
    call('f', 'g'),
    { role: 'function', parts: [responsePart('f'), { function_response: { name: 'g' } }], x: 1 },
  ])
})

test('responses written without a list are joined too', () => {
  const sent = [call('f', 'g'), { parts: responsePart('f') }, { parts: responsePart('g') }]
  expect(tidy(sent).contents).toEqual([
    call('f', 'g'),
    { parts: [responsePart('f'), responsePart('g')] },
  ])
})

test.each([
  ['one content with all responses', [call('f', 'g'), response('f', 'g')]],
  ['text behind the responses', [call('f'), response('f'), said('and now?')]],
  [
    'a content with a response and text',
    [response('f'), { parts: [responsePart('g'), { text: 'a' }] }],
  ],
  ['responses of two turns', [call('f'), response('f'), call('g'), response('g')]],
  ['a response that is null', [{ parts: [{ functionResponse: null, text: 'a' }] }, response('f')]],
  ['several texts of the user', [said('a'), said('b')]],
])('%s: unchanged', (_what, contents) => {
  expect(tidy(contents).isSame).toBe(true)
})
