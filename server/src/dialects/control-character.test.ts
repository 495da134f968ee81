import { expect, test } from 'vitest'
import { hasControlCharacter } from './control-character.ts'

test.each(['/a%0d%0ab', '/a%0D', '/%00', '/%1f', '/%7F', '/%c2%85', '/%250a', '/%25250a'])(
  '%s has a control character',
  (path) => {
    expect(hasControlCharacter(path)).toBe(true)
  },
)

test.each(['/', '/v1beta/models/x%3Ay', '/%C3%A4', '/100%25', '/a%20b', '/%', '/%zz'])(
  '%s has none',
  (path) => {
    expect(hasControlCharacter(path)).toBe(false)
  },
)
