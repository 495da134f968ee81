import { describe, expect, test } from 'vitest'
import { readPastedKeys } from '../src/admin/keys/pasted-keys.ts'
import { maskPassword } from '../src/admin/settings/mask-secrets.ts'
import { bearerOf } from '../src/auth/clients/credentials.ts'
import { createTrustedProxies } from '../src/auth/trusted-proxies.ts'
import { mediaTypeOf } from '../src/dialects/media/media-type.ts'
import { nearestAddress } from '../src/dialects/addresses/nearest-address.ts'
import { servedPath } from '../src/dialects/addresses/served-path.ts'
import { endTags, freshTags, stepTags } from '../src/dialects/openai/native/thought-tags.ts'
import { translateMessages } from '../src/dialects/openai/chat/request/messages.ts'
import type { ChatMessage } from '../src/dialects/openai/chat/request/chat-request.ts'
import { annotationsOf } from '../src/dialects/translate/content/grounding.ts'
import { splitAtImages } from '../src/dialects/translate/content/markdown-images.ts'
import { mediaPart } from '../src/dialects/translate/content/media-parts.ts'
import { placeOf } from '../src/dialects/translate/content/media-place.ts'
import { fittingJson } from '../src/dialects/translate/json-demand.ts'
import { droppedFields } from '../src/dialects/translate/warnings.ts'
import { KeyRedactor } from '../src/gateway/hold-back/key-redactor.ts'
import { createArraySplitter, createSseSplitter } from '../src/google/answers/stream-chunks.ts'
import { readUsage } from '../src/google/answers/usage-metadata.ts'
import { classifyError } from '../src/google/errors/classify-error.ts'
import { idOf } from '../src/google/models/model-id.ts'
import { modelTraits } from '../src/google/models/model-traits.ts'
import { indexBody, lastMember } from '../src/google/requests/json/body-index.ts'
import { applyEdits } from '../src/google/requests/json/edits.ts'
import { camelCase, snakeCase } from '../src/google/requests/json/member-name.ts'
import { tidyContents } from '../src/google/requests/json/tidy-contents.ts'
import { fitJsonSchema } from '../src/google/requests/schema/json-schema.ts'
import { compileSchema } from '../src/google/requests/schema/schema-compiler.ts'
import { createScrubber } from '../src/log/scrub.ts'
import { Secret } from '../src/log/secret.ts'
import { createToolNames } from '../src/dialects/translate/tool-names.ts'
import { growthOf, type Work } from '../src/runtime/testing/growth.ts'

/** Between 8 for linear work and 64 for quadratic work, nearer to the second: other programs use the same processors. */
const mostGrowth = 48

type Row = readonly [parser: string, input: string, work: Work]

/** The text repeated up to a size. */
const fill = (size: number, piece: string) => piece.repeat(Math.ceil(size / piece.length))
const many = <T>(size: number, make: (index: number) => T): T[] =>
  Array.from({ length: size }, (_, index) => make(index))

function rowsOf(
  parser: string,
  parse: (text: string) => unknown,
  pieces: readonly (string | readonly [before: string, piece: string, after: string])[],
): Row[] {
  return pieces.map((one): Row => {
    const [before, piece, after] = typeof one === 'string' ? ['', one, ''] : one
    return [
      parser,
      JSON.stringify(before + piece + piece + after),
      (size) => {
        const text = before + fill(size, piece) + after
        return () => parse(text)
      },
    ]
  })
}

const scrubber = createScrubber()
scrubber.add('sk-canary-token-0001')
scrubber.add('päss w/rd"\\longer')

const classify = (status: number) => (bodyText: string) =>
  classifyError({ status, bodyText, usesResource: false, asBearer: true, scrub: scrubber.scrub })
const asMessage = (parse: (text: string) => unknown) => (message: string) =>
  parse(JSON.stringify({ error: { message } }))

const key = 'AIzaSyCanaryCanaryAIzaCanaryCanary00042'
/** In JSON in JSON in JSON. */
const escapedKey = Array.from(key, (one) => {
  const code = one.charCodeAt(0).toString(16).padStart(4, '0')
  return `${'\\'.repeat(4)}u${code}`
}).join('')
const redact = (text: string) => new KeyRedactor(new Secret(key)).whole(Buffer.from(text))
function redactBytewise(text: string) {
  const redactor = new KeyRedactor(new Secret(key))
  for (const byte of Buffer.from(text)) redactor.next(Buffer.from([byte]))
  return redactor.flush()
}

function splitWhole(text: string) {
  return createSseSplitter().push(Buffer.from(text))
}
const bytewise = (create: typeof createSseSplitter) => (text: string) => {
  const splitter = create()
  for (const byte of Buffer.from(text)) splitter.push(Buffer.from([byte]))
  return splitter.flush()
}

function tagsOf(text: string) {
  let state = freshTags
  for (const character of text) [state] = stepTags(state, character)
  return endTags(state)
}

const scan = (text: string) => {
  try {
    return indexBody(Buffer.from(text))
  } catch {
    return undefined
  }
}

function tidied(text: string) {
  const body = Buffer.from(text)
  const { contents, members } = indexBody(body)
  const list = lastMember(members, 'contents')?.value
  return list && applyEdits(body, tidyContents(body, list, contents))
}

const header = (authorization: string) => bearerOf({ headers: { authorization } })
const { originOf } = createTrustedProxies(['127.0.0.1'])
const forwarded = (text: string) =>
  originOf({ headers: { 'x-forwarded-for': text }, socket: { remoteAddress: '127.0.0.1' } })

const noBytes = Buffer.alloc(0)
const typeOf = (declared: string) =>
  mediaTypeOf({ kind: 'audio', declared: [declared], format: declared, head: noBytes })
const nameType = (filename: string) =>
  mediaTypeOf({ kind: 'file', declared: [], filename, head: noBytes })

const translate = (messages: readonly ChatMessage[]) =>
  translateMessages(messages, {
    traits: modelTraits('gemini-2.5-flash'),
    files: new Map(),
    findSignature: () => undefined,
    toolNames: createToolNames([]),
  })
const call = (index: number) => ({
  id: `call_${index}`,
  type: 'function' as const,
  function: { name: `tool_${index}`, arguments: '{}' },
})
const result = (index: number): ChatMessage => ({
  role: 'tool',
  tool_call_id: `call_${index}`,
  content: 'ok',
})

const backslash = '\\'

const texts: readonly Row[] = [
  ...rowsOf('scrubber', scrubber.scrub, [
    backslash,
    `${backslash}u`,
    `${backslash}u0041`,
    [`${backslash}/`, backslash, ''],
    '%25',
    '%',
    '&amp;',
    ['&', 'amp;', ''],
    'AIza',
    'AQ.',
    'AQ.....................',
    'gb-',
    'Z2It',
    'Z2It////',
    'QVEu////',
    'QUl6////',
    'sk-c',
    key,
    Buffer.from(`${key},`).toString('base64'),
  ]),
  ...rowsOf('key redactor', redact, [
    'A',
    'AIza',
    key,
    key.slice(0, -1),
    backslash,
    `${backslash}u`,
    `${backslash}u0041`,
    escapedKey,
    escapedKey.slice(0, -1),
    ['A', backslash, ''],
    [backslash, key, ''],
  ]),
  ...rowsOf('key redactor, byte by byte', redactBytewise, [
    'A',
    key,
    backslash,
    `${backslash}u0041`,
    escapedKey,
    escapedKey.slice(0, -1),
  ]),
  ...rowsOf('server-sent events', splitWhole, [
    'x',
    '\n',
    '\r\r',
    'data:x\r\r',
    'data: {}\n\n',
    'a\n',
    'a\r',
  ]),
  ...rowsOf('server-sent events, byte by byte', bytewise(createSseSplitter), [
    'x',
    'a\n',
    'a\r',
    'a\r\n',
    'data:\n\n',
  ]),
  ...rowsOf('streamed list, byte by byte', bytewise(createArraySplitter), ['{', '{}', '"', '}']),
  ...rowsOf('usage of an answer', (text) => readUsage(Buffer.from(text)), [
    ['"usageMetadata":{', '{', ''],
    ['{', ' ', '"usageMetadata"'],
  ]),
  ...rowsOf('error page', classify(502), [
    '<',
    '<script',
    '<style',
    '<script></style>',
    ' ',
    '<script></script>',
  ]),
  ...[400, 403, 404, 429].flatMap((status) =>
    rowsOf(`error message, ${status}`, asMessage(classify(status)), [
      'a ',
      'a. API has not been used in project ',
      'Requests from a ',
      'Requests to this API a ',
      'The provided API key has a ',
      "Permission denied: Consumer '",
      'models/',
      'File ',
      'Quota exceeded for metric: ',
      'retry in 1',
      backslash,
    ]),
  ),
  ...rowsOf('pasted keys', readPastedKeys, [['a', '.', 'a'], '.', 'a', 'AIza', 'AQ.', `${key}\n`]),
  ...rowsOf('markdown images', splitAtImages, [
    '![',
    '![]',
    '![](',
    '![](  ',
    ['![](', '![](https://', ')'],
    ['', '![](', ')'],
    ['', '![', '](           )'],
    '![](https://a/b)',
  ]),
  ...rowsOf('data URL', placeOf, [
    'data:',
    ';',
    ['data:', ';', ','],
    ['data:;base64,', 'A', ''],
    ['data:;base64,', ' ', ''],
    ['data:;base64,', 'A\n', '!'],
  ]),
  ...rowsOf('address of a file', placeOf, [
    'files/',
    ['https://www.youtube.com/watch?v=', 'a', ''],
    ['https://youtu.be', '/', ''],
    ['https://', '.', ''],
    '\n',
  ]),
  ...rowsOf(
    'file data',
    (data) =>
      mediaPart(
        { kind: 'file', content: `A${data}A`, at: 'data', filename: 'a.pdf' },
        new Map(),
        'file',
      ),
    ['A'],
  ),
  ...rowsOf('thought tags, character by character', tagsOf, [
    '<',
    '<thought>',
    ['<thought>', '</thought', ''],
    '<thought></thought>',
  ]),
  ...rowsOf('request body', scan, [
    '{',
    ['{"a":', '[', ''],
    ['{"a":"', backslash, ''],
    ['{"a":"', 'x', ''],
    ['{"a":[', '"x",', '1]}'],
    ['{"contents":[', '{"parts":[{}]},', '{}]}'],
    ['{', '"a_b":1,', '"c":2}'],
    ['{"a":"', `${backslash}"`, '"}'],
  ]),
  ...rowsOf('contents', tidied, [
    ['{"contents":[', '{"parts":[{}]},', '{}]}'],
    ['{"contents":[', '{"parts":[{},{"text":""}]},', '{}]}'],
    ['{"contents":[', '{"parts":[{"functionResponse":{}}]},', '{}]}'],
    ['{"contents":[{"parts":[', '{"functionResponse":{}},', '{}]}]}'],
  ]),
  ...rowsOf('member name', (name) => snakeCase(camelCase(name)), ['_', '_a', 'A']),
  ...rowsOf('id of a model', idOf, ['/', 'models/', 'google/gemini/', ['models/', 'x', '']]),
  ...rowsOf('served path', (path) => servedPath(path, { hasCredential: true }), [
    '/',
    '/v1',
    ['/models/', 'x', ':y'],
    ['/models', '/x', ''],
    ['/', 'x', ':'],
    ['/', '%3a', ''],
  ]),
  ...rowsOf('nearest address', (path) => nearestAddress('gemini', { method: 'GET', path }), [
    '/',
    'models/',
    'x',
  ]),
  ...rowsOf('JSON of an answer', (text) => fittingJson(text, { schema: {}, format: {} }), [
    '`',
    '\n',
    ' ',
    '[',
    ['```', '\n', '```'],
    ['{', '"a":1,', '"a":1}'],
  ]),
  ...rowsOf('bearer token', header, ['Bearer ', ['Bearer ', ' ', '']]),
  ...rowsOf('forwarded address', forwarded, [
    '%',
    '%\n',
    ',',
    '[',
    '1.',
    ['[', ':', ''],
    '127.0.0.1,',
  ]),
  ...rowsOf('media type', typeOf, ['image/', ' ', ';', ['audio/pcm', ';', ''], 'x']),
  ...rowsOf('file name', nameType, ['.', 'a', '/']),
  ...rowsOf('address with a password', maskPassword, ['/', [':', '//', ''], ['//', ':', ''], '@']),
]

const structures: readonly Row[] = [
  [
    'messages',
    'of one role',
    (size) => {
      const messages = many(size / 8, (): ChatMessage => ({ role: 'user', content: 'a' }))
      return () => translate(messages)
    },
  ],
  [
    'messages',
    'with one call each',
    (size) => {
      const messages = many(size / 32, (index): ChatMessage[] => [
        { role: 'assistant', content: null, tool_calls: [call(index)] },
        result(index),
      ]).flat()
      return () => translate(messages)
    },
  ],
  [
    'messages',
    'with many calls at once',
    (size) => {
      const calls = many(size / 32, call)
      const messages: ChatMessage[] = [
        { role: 'assistant', content: null, tool_calls: calls },
        ...calls.map((_, index) => result(index)),
      ]
      return () => translate(messages)
    },
  ],
  [
    'dropped fields',
    'many',
    (size) => {
      const warnings = many(size / 8, (index) => ({ field: `field ${index}`, reason: '' }))
      return () => droppedFields(warnings)
    },
  ],
  [
    'citations',
    'that are not in the text',
    (size) => {
      const text = fill(size, 'ä ')
      const supports = many(size / 64, (index) => ({
        segment: { text: `other ${index}`, startIndex: index, endIndex: index + 1 },
        pages: [0],
      }))
      const grounding = { pages: [{ url: '', title: '' }], supports }
      return () => annotationsOf(grounding, text)
    },
  ],
]

const reference = (index: number) => ({ $ref: `#${index}` })

const schemas: readonly Row[] = [
  ...[compileSchema, fitJsonSchema].map((parse): Row => [
    parse.name,
    'references to anchors',
    (size) => {
      const schema = {
        properties: Object.fromEntries(many(size / 32, (index) => [`p${index}`, reference(index)])),
        $defs: Object.fromEntries(
          many(size / 32, (index) => [`d${index}`, { $anchor: String(index), type: 'string' }]),
        ),
      }
      return () => parse(schema)
    },
  ]),
  [
    'compileSchema',
    'a long allOf',
    (size) => {
      const allOf = many(size / 32, (index) => ({ properties: { [`p${index}`]: {} } }))
      return () => compileSchema({ allOf })
    },
  ],
  [
    'compileSchema',
    'alternatives beside properties',
    (size) => {
      const names = many(size / 32, (index) => [`p${index}`, { type: 'string' }])
      const schema = { properties: Object.fromEntries(names), anyOf: many(size / 32, () => ({})) }
      return () => compileSchema(schema)
    },
  ],
  [
    'compileSchema',
    'alternatives beside required names',
    (size) => {
      const required = many(size / 32, (index) => `p${index}`)
      const anyOf = many(size / 32, () => ({ type: 'object', required: ['a'] }))
      return () => compileSchema({ type: 'object', required, anyOf })
    },
  ],
  [
    'compileSchema',
    'two long lists of values',
    (size) => {
      const values = many(size / 32, (index) => `v${index}`)
      const others = many(size / 32, (index) => `w${index}`)
      return () => compileSchema({ allOf: [{ enum: values }, { enum: others }] })
    },
  ],
  [
    'compileSchema',
    'many references to a long text',
    (size) => {
      const names = many(size / 32, (index) => [`p${index}`, { $ref: '#/$defs/a' }])
      const $defs = { a: { type: 'string', description: fill(size, 'a') } }
      const schema = { properties: Object.fromEntries(names), $defs }
      return () => JSON.stringify(compileSchema(schema))
    },
  ],
  [
    'compileSchema',
    'many references to many properties',
    (size) => {
      const object = (make: (index: number) => unknown) => ({
        type: 'object',
        properties: Object.fromEntries(many(size / 32, (index) => [`p${index}`, make(index)])),
      })
      const $defs = {
        a: object(() => ({ $ref: '#/$defs/b', type: 'object', properties: { x: {} } })),
        b: object(() => ({ $ref: '#/$defs/c' })),
        c: object(() => ({ type: 'string' })),
      }
      return () => JSON.stringify(compileSchema({ ...$defs.a, $defs }))
    },
  ],
]

describe('eight times the input takes about eight times as long', () => {
  test.each([...texts, ...structures, ...schemas])('%s: %s', async (_parser, _input, work) => {
    expect(await growthOf(work, mostGrowth)).toBeLessThan(mostGrowth)
  })
})
