import { describe, expect, test } from 'vitest'
import { createSseSplitter } from '../answers/stream-chunks.ts'
import { verdictOfContent } from '../answers/answer-content.ts'
import { classifyError } from './classify-error.ts'
import { readUsage } from '../answers/usage-metadata.ts'
import { recordedLines } from '../../runtime/testing/recordings.ts'

type Exchange = {
  readonly id: string
  readonly path: string
  readonly status: number
  readonly response: { readonly json?: unknown; readonly text?: string }
}

const exchanges = (recordedLines('gemini-exchanges.jsonl') ?? []).map((line): Exchange =>
  JSON.parse(line),
)
const generated = exchanges.filter(
  ({ path, status }) => /:(generateContent|streamGenerateContent)/.test(path) && status === 200,
)

const chunksOf = ({ response }: Exchange): unknown[] =>
  response.text === undefined
    ? [response.json]
    : createSseSplitter()
        .push(Buffer.from(response.text))
        .map((chunk) => JSON.parse(chunk))

describe.skipIf(exchanges.length === 0)('recorded answers', () => {
  test('with a finish reason are never empty', () => {
    const empty = generated.filter((exchange) =>
      chunksOf(exchange).every((chunk) => verdictOfContent(chunk) === 'answer-empty'),
    )
    expect(generated.length).toBeGreaterThan(100)
    expect(empty.map(({ id }) => id)).toEqual([])
  })

  test('have their usage in their last bytes', () => {
    for (const exchange of generated) {
      const { json, text } = exchange.response
      const bytes = Buffer.from(text ?? JSON.stringify(json, undefined, 2))
      const last: unknown = chunksOf(exchange).at(-1)
      expect(last, exchange.id).toMatchObject({
        usageMetadata: { totalTokenCount: readUsage(bytes)?.total },
      })
    }
  })

  test('that are errors get their verdicts', () => {
    const outcomes = exchanges
      .filter(({ status }) => status >= 400)
      .map(({ status, response }) =>
        classifyError({
          status,
          bodyText: JSON.stringify(response.json),
          usesResource: false,
          scrub: (text) => text,
        }),
      )
    expect(outcomes).toMatchObject([{ verdict: 'model-not-found', status: 404 }])
  })
})
