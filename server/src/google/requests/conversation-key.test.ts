import { expect, test } from 'vitest'
import { conversationKey } from './conversation-key.ts'

const key = (caller: string, ...opening: string[]) =>
  conversationKey(
    caller,
    opening.map((piece) => Buffer.from(piece)),
  )

test('the same opening gives the same key', () => {
  expect(key('a', 'instruction', 'first content')).toBe(key('a', 'instruction', 'first content'))
})

test('different callers and openings have different keys', () => {
  const keys = new Set<string>()
  for (let index = 0; index < 20_000; index += 1)
    keys.add(key(`caller ${index % 7}`, `Conversation ${index}. ${'x'.repeat(index % 50)}`))
  expect(keys.size).toBe(20_000)
})
