import { expect, test } from 'vitest'
import { parseEnvFile } from './env-file.ts'

const valueOf = (text: string) => parseEnvFile(text).assignments[0]?.value
const problemLines = (text: string) => parseEnvFile(text).problems.map(({ line }) => line)

test.each([
  ['plain', 'A=b', 'b'],
  ['with blanks', '  A =  b c  ', 'b c'],
  ['with export', 'export A=b', 'b'],
  ['with a remark', 'A=b # remark', 'b'],
  ['with a # of its own', 'A=b#c', 'b#c'],
  ['that is a remark', 'A= # remark', ''],
  ['that begins with #', 'A=#b', '#b'],
  ['with = in it', 'A=b=c==', 'b=c=='],
  ['in double quotes', 'A="b # c" # remark', 'b # c'],
  ['in single quotes', 'A=\'b # "c"\'', 'b # "c"'],
  ['in backticks', 'A=`b "c" \'d\'`', 'b "c" \'d\''],
  ['of escaped quotes', String.raw`A="[\"b\",\"c\"]"`, '["b","c"]'],
  ['of an escaped single quote', String.raw`A='it\'s'`, "it's"],
  ['with escapes that are kept', String.raw`A="\d\\n\n"`, '\\d\\n\n'],
  ['of escaped quotes without quotes', String.raw`A=[\"b\"] # remark`, String.raw`[\"b\"]`],
  ['JSON', 'A=["b", "c #d"] # remark', '["b", "c #d"]'],
  ['JSON in single quotes', 'A=\'["b"]\'', '["b"]'],
  ['JSON over lines', 'A=[\n  "b",\n  "]"\n] # remark', '[\n  "b",\n  "]"\n]'],
  ['text over lines', 'A="b\nc"', 'b\nc'],
  ['quoted items', 'A="b","c"', '"b","c"'],
  ['empty', 'A=', ''],
  ['empty quotes', 'A=""', ''],
])('a value %s is read as meant', (_name, text, value) => {
  for (const written of [text, `${text}\nB=1`, text.replaceAll('\n', '\r\n')]) {
    expect(valueOf(written)).toBe(value)
    expect(problemLines(written)).toEqual([])
  }
  expect(parseEnvFile(`${text}\nB=1`).assignments.at(-1)).toMatchObject({ name: 'B', value: '1' })
})

test('remarks and empty lines count as lines and are nothing else', () => {
  const { assignments, problems } = parseEnvFile('# A=1\r\n\r\n  # x\r\nB=2\rC=3\n')
  expect(assignments).toEqual([
    { name: 'B', value: '2', line: 4 },
    { name: 'C', value: '3', line: 5 },
  ])
  expect(problems).toEqual([])
})

test.each(['A', 'A: b', '- A=b', '=b', 'A B=c', '["b"]', 'ä=b', '<html>', '$env:A="b"'])(
  'the line %s is no assignment, and the next one is read',
  (line) => {
    expect(problemLines(`X=1\n${line}\nY=2`)).toEqual([2])
    expect(parseEnvFile(`${line}\nY=2`).assignments).toEqual([{ name: 'Y', value: '2', line: 2 }])
  },
)

test('a quote that is not closed costs its own line only', () => {
  const { assignments, problems } = parseEnvFile('A="b\nC="d"\nE=f')
  expect(assignments.map(({ name }) => name)).toEqual(['A', 'C', 'E'])
  expect(assignments[1]?.value).toBe('d')
  expect(problems).toEqual([{ line: 1, problem: 'has a quote that is not closed.' }])
})

test('a bracket that is not closed costs its own line only', () => {
  const { assignments, problems } = parseEnvFile('A=["b",\nC=["d"]\nE=f')
  expect(assignments.map(({ value }) => value)).toEqual(['["b",', '["d"]', 'f'])
  expect(problems).toEqual([])
})

test.each(['A="', 'A=[', '"', '\\', 'A="\\', '\u0000', 'A=[\\'])(
  'a file of many lines of %j is read',
  (line) => {
    const { assignments, problems } = parseEnvFile(`${line}\n`.repeat(5000))
    expect(assignments.length + problems.length).toBeGreaterThan(0)
  },
)
