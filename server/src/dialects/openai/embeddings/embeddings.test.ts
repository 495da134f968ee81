import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  embeddingRequest,
  embeddingsOf,
  readEmbeddings,
  translateEmbeddings,
} from './embeddings.ts'
import { checkRequest } from '../../translate/read-request.ts'

const read = (fields: object) => checkRequest(embeddingRequest, { model: 'm', ...fields })
const translate = (fields: object) => translateEmbeddings(read(fields), 'gemini-embedding-2')

describe('a request for embeddings', () => {
  test('becomes one request per input', () => {
    expect(translate({ input: ['a', 'b'], dimensions: 256 })).toEqual(
      ['a', 'b'].map((text) => ({
        model: 'models/gemini-embedding-2',
        content: { parts: [{ text }] },
        outputDimensionality: 256,
      })),
    )
    expect(translate({ input: 'a' })).toHaveLength(1)
  })

  test.each([
    [{ input: [1, 2, 3] }, 'input'],
    [{ input: [[1], [2]] }, 'input'],
    [{ input: '' }, 'input'],
    [{ input: ['a', ''] }, 'input[1]'],
    [{ input: Array.from({ length: 2049 }, () => 'a') }, 'input'],
    [{ input: 'a', encoding_format: 'hex' }, 'encoding_format'],
    [{ input: 'a', dimensions: 0 }, 'dimensions'],
    [{}, 'input'],
  ])('that is invalid is refused with the field: %j', (fields, param) => {
    expect(() => translate(fields)).toThrow(expect.objectContaining({ param }))
  })
})

describe('an answer of embeddings', () => {
  const answer = { embeddings: [{ values: [0.5, -1] }], usageMetadata: { promptTokenCount: 3 } }

  test('joins the vectors and the usage of all calls', () => {
    expect(embeddingsOf(read({ input: ['a', 'b'] }), [answer, answer])).toEqual({
      object: 'list',
      data: [0, 1].map((index) => ({ object: 'embedding', index, embedding: [0.5, -1] })),
      model: 'm',
      usage: { prompt_tokens: 6, total_tokens: 6 },
    })
  })

  test('is little-endian 32-bit floats in base64', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ noNaN: true }), { minLength: 1 }), (values) => {
        const request = read({ input: 'a', encoding_format: 'base64' })
        const { data } = Object(embeddingsOf(request, [{ embeddings: [{ values }] }]))
        const bytes = Buffer.from(data[0].embedding, 'base64')
        expect(values.map((_, index) => bytes.readFloatLE(index * 4))).toEqual(values)
      }),
    )
  })

  test('that is invalid is undefined', () => {
    expect(readEmbeddings('{"embeddings":[{"values":[1]}]}')).toBeDefined()
    expect(readEmbeddings('{}')).toBeUndefined()
    expect(readEmbeddings('<html>')).toBeUndefined()
  })
})
