import { expect, test } from 'vitest'
import { conversationKey } from './conversation-key.ts'

const key = (caller: string, ...opening: string[]) =>
  conversationKey(
    caller,
    opening.map((piece) => Buffer.from(piece)),
  )

test('one conversation has one key', () => {
  expect(key('a', 'instruction', 'first words')).toBe(key('a', 'instruction', 'first words'))
})

test('callers and openings do not share keys', () => {
  const keys = new Set<string>()
  for (let index = 0; index < 20_000; index += 1)
    keys.add(key(`caller ${index % 7}`, `Conversation ${index}. ${'x'.repeat(index % 50)}`))
  expect(keys.size).toBe(20_000)
})
