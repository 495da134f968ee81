import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { endTags, freshTags, stepTags } from './thought-tags.ts'

function read(pieces: readonly string[]) {
  let state = freshTags
  const all = { content: '', reasoning: '' }
  const add = (split: { content: string; reasoning: string }) => {
    all.content += split.content
    all.reasoning += split.reasoning
  }
  for (const piece of pieces) {
    const [next, split] = stepTags(state, piece)
    state = next
    add(split)
  }
  add(endTags(state))
  return all
}

describe('thoughts in tags', () => {
  test.each([
    ['<thought>hm</thought>yes', { reasoning: 'hm', content: 'yes' }],
    ['yes', { reasoning: '', content: 'yes' }],
    ['say <thought>x</thought>', { reasoning: '', content: 'say <thought>x</thought>' }],
    ['<thought>a</thought><thought>b</thought>c', { reasoning: 'ab', content: 'c' }],
    ['<thought>cut', { reasoning: 'cut', content: '' }],
    ['<thou', { reasoning: '', content: '<thou' }],
    ['<thought>a</thou', { reasoning: 'a</thou', content: '' }],
    ['', { reasoning: '', content: '' }],
  ])('%j', (text, split) => {
    expect(read([text])).toEqual(split)
  })

  test('are the same for every split of the text', () => {
    const words = fc.constantFrom('<thought>', '</thought>', '<', 'a', '</t', 'yes', '>')
    fc.assert(
      fc.property(fc.array(words), fc.array(fc.nat(40)), (parts, cuts) => {
        const text = parts.join('')
        const places = [0, ...cuts.map((cut) => Math.min(cut, text.length)), text.length].toSorted(
          (a, b) => a - b,
        )
        const pieces = places.slice(1).map((end, index) => text.slice(places[index], end))
        expect(read(pieces)).toEqual(read([text]))
      }),
    )
  })
})
